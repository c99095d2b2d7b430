"""Columns shared by all practice tables: version 7 ids, and references that stay within one practice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import uuid_utils.compat
from django.db import models

if TYPE_CHECKING:
    from uuid import UUID


def new_id() -> UUID:
    """Return a UUID of version 7: ordered by time, so that indexes grow at their end."""
    made: UUID = uuid_utils.compat.uuid7()
    return made


if TYPE_CHECKING:
    PracticeForeignKey = models.ForeignKey
else:

    class PracticeForeignKey(models.ForeignKey):
        """A reference to another practice table.

        Its constraint is composite (practice_id, id) and made by `kinbook_tie` in a migration, because foreign keys
        do not look at row-level security; indexes are named in Meta, practice first.
        """

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            """Leave constraint and index to the migrations."""
            kwargs.setdefault("db_constraint", False)
            kwargs.setdefault("db_index", False)
            kwargs.setdefault("related_name", "+")
            super().__init__(*args, **kwargs)

        def deconstruct(self) -> Any:
            """Look like Django's own in migrations, which import no code of the project."""
            name, _, args, kwargs = super().deconstruct()
            return name, "django.db.models.ForeignKey", args, kwargs

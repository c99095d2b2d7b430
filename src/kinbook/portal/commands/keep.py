"""Who of one's guardians keeps access once one is of age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from kinbook.audit.record import record
from kinbook.portal.models import Guardian
from kinbook.tenancy.refused import Conflict, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def guardians_of(viewer: Viewer) -> list[Guardian]:
    """Return the guardians who had access, where the person is of age; nobody before."""
    return list(Guardian.objects.filter(practice_id=viewer.practice_id).order_by("name", "pk"))


def choose_keeper(viewer: Viewer, *, guardian_id: UUID, keeps: bool) -> None:
    """Let a guardian keep their access from today, or end it at once."""
    found = next((each for each in guardians_of(viewer) if each.pk == guardian_id), None)
    if found is None:
        raise Unknown
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_keep(%s, %s)", [guardian_id, keeps])
        (done,) = cursor.fetchone()
    if not done:
        raise Conflict(_("This was changed already. Look at it again."))
    record(viewer, "portal.kept" if keeps else "portal.kept_ended", client_id=found.client_id, name=found.name)

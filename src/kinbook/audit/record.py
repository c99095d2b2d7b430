"""Writing the audit log: in the transaction of what it tells of, without any lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.audit.models import Entry
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import Model

    from kinbook.tenancy.viewer import Viewer


def record(
    viewer: Viewer,
    action: str,
    subject: Model | None = None,
    *,
    client_id: UUID | None = None,
    changed: dict[str, list[Any]] | None = None,
    **details: Any,
) -> None:
    """Add an entry: what was done (past tense), to what, whose client it concerns, and the details that matter.

    Details are values that JSON knows; `changed` is what `changes` returns.
    """
    Entry.objects.create(
        **_common(viewer),
        action=action,
        subject_kind=subject._meta.model_name or "" if subject else "",
        subject_id=subject.pk if subject else None,
        client_id=client_id,
        details={**details, **(changed or {})},
    )


def _common(viewer: Viewer) -> dict[str, Any]:
    return {
        "practice_id": viewer.practice_id,
        "at": viewer.now,
        "viewer_kind": str(viewer.kind),
        "viewer_id": viewer.id,
        "viewer_name": viewer.name,
        "address": viewer.origin.address,
        "request_id": viewer.origin.request_id,
    }


def record_for_clients(viewer: Viewer, action: str, told: Iterable[tuple[UUID, dict[str, Any]]]) -> None:
    """Add an entry for each of many clients, with its details, in one statement."""
    common = _common(viewer)
    columns = ("id", *common, "action", "subject_kind", "subject_id", "client_id", "details")
    rows = [
        (new_id(), *common.values(), action, "client", client_id, client_id, details) for client_id, details in told
    ]
    insert_rows(Entry, columns, rows)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what differs, as an entry tells it: field → [before, after]."""
    return {
        name: [_plain(before.get(name)), _plain(value)] for name, value in after.items() if before.get(name) != value
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)

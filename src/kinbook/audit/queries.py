"""Reading the audit log, newest first, by member, client, action and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from kinbook.audit.models import Entry
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

PAGE = 100


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What the log is narrowed to; the empty value does not narrow."""

    member: UUID | None = None
    client: UUID | None = None
    action: str = ""
    since: date | None = None
    through: date | None = None
    after: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> AuditFilters:
        """Read filters from an address; what makes no sense does not narrow."""
        return cls(
            member=_id(values.get("member", "")),
            client=_id(values.get("client", "")),
            action=values.get("action", "")[:60],
            since=_day(values.get("from", "")),
            through=_day(values.get("to", "")),
            after=values.get("after", "")[:80],
        )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def entries(viewer: Viewer, filters: AuditFilters, *, everybody: bool) -> QuerySet[Entry]:
    """Return the entries the filters leave, newest first; only the viewer's own unless `everybody`."""
    rows = Entry.objects.all() if everybody else Entry.objects.filter(viewer_id=viewer.id)
    if filters.member:
        rows = rows.filter(viewer_id=filters.member)
    if filters.client:
        rows = rows.filter(client_id=filters.client)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.since:
        rows = rows.filter(at__gte=datetime.combine(filters.since, time.min, viewer.zone))
    if filters.through:
        rows = rows.filter(at__lt=datetime.combine(filters.through + timedelta(days=1), time.min, viewer.zone))
    moment, _, key = filters.after.partition("~")
    if key and _id(key):
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return rows.none()
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=key))
    return rows.order_by("-at", "-pk")


def after(entry: Entry) -> str:
    """Return where the next page begins: after this entry."""
    return f"{entry.at.isoformat()}~{entry.pk}"


def audit_page(
    viewer: Viewer, filters: AuditFilters, *, everybody: bool
) -> tuple[list[Entry], str, list[tuple[UUID, str]], list[str]]:
    """Return one page of entries, where the next begins, and the members and actions to choose from."""
    found = list(entries(viewer, filters, everybody=everybody)[: PAGE + 1])
    shown = found[:PAGE]
    people = dict(
        Entry.objects.filter(viewer_kind=ViewerKind.MEMBER, at__gte=viewer.now - timedelta(days=90))
        .order_by()
        .values_list("viewer_id", "viewer_name")
        .distinct()
    )
    actions = sorted(
        Entry.objects.filter(at__gte=viewer.now - timedelta(days=90))
        .order_by()
        .values_list("action", flat=True)
        .distinct()
    )
    more = after(shown[-1]) if len(found) > PAGE else ""
    return shown, more, sorted(people.items(), key=lambda each: each[1]) if everybody else [], actions

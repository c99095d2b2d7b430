"""What the calendar shows between two dates: appointments with who pays, and time off, on the practice's clock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, members_in_reach, require
from kinbook.people.queries.marks import mark, party_of
from kinbook.scheduling.models import Appointment, TimeOff
from kinbook.scheduling.queries.conflicts import FREE
from kinbook.scheduling.queries.names import BUSY, TIME_OFF, reads_titles_of, within
from kinbook.whopays.models import Charge, ChargeState, Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

MOST = 600
"""More than this nobody can read at once: the page asks to choose a clinician."""

LONGEST = timedelta(days=62)
"""A month with the weeks around it, and some."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The local dates `[start, until)` that are looked at, of everyone or of one clinician."""

    start: date
    until: date
    clinician_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One payer's part of an appointment, in percent of all shares."""

    party: Party
    percent: int


@dataclass(frozen=True, slots=True)
class Event:
    """An appointment as the calendar draws it. Times are the practice's wall clock, without a zone.

    Of a client whose name the viewer may not read there is the time and the clinician, and no `id`.
    """

    id: UUID | None
    clinician_id: UUID
    starts: datetime
    ends: datetime
    title: str
    status: str = ""
    detail: str = ""
    parts: tuple[Part, ...] = ()
    needs_payer: bool = False
    is_confidential: bool = False
    is_series: bool = False
    has_video: bool = False
    may_edit: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Absence:
    """A member's time off as the calendar draws it, on the practice's wall clock."""

    id: UUID
    member_id: UUID
    starts: datetime
    ends: datetime
    title: str
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything in a window; `is_cut` where there was more than can be shown."""

    events: tuple[Event, ...]
    absences: tuple[Absence, ...]
    is_cut: bool


def shown_in(viewer: Viewer, window: Window) -> Shown:
    """Return what the window holds for the viewer, in three queries whatever its number."""
    require(viewer, Action.CALENDAR_SEE)
    found = list(_appointments(viewer, window)[: MOST + 1])
    rows = [each for each in found[:MOST] if each.is_named or each.status not in FREE]
    parts = parts_of(viewer, [each.pk for each in rows if each.is_named])
    return Shown(
        events=tuple(_event(viewer, each, parts.get(each.pk, ())) for each in rows),
        absences=tuple(_absence(viewer, each) for each in _time_off(viewer, window)),
        is_cut=len(found) > MOST,
    )


def wall(moment: datetime, viewer: Viewer) -> datetime:
    """Return an instant as the practice's clock shows it, without a zone."""
    return moment.astimezone(viewer.zone).replace(tzinfo=None)


def _instants(viewer: Viewer, window: Window) -> tuple[datetime, datetime]:
    start, until = (
        datetime.combine(day, time.min, viewer.zone).astimezone(UTC) for day in (window.start, window.until)
    )
    return start, until


DRAWN = (
    *("clinician_id", "starts_at", "ends_at", "status", "confidential", "series_id", "video_link", "version"),
    *("client__couple_name", "client__party__goes_by", "client__party__first_name", "client__party__last_name"),
    *("service__name", "location__name"),
)


def _appointments(viewer: Viewer, window: Window) -> Any:
    start, until = _instants(viewer, window)
    needs = Charge.objects.filter(pk=OuterRef("pk")).exclude(state=ChargeState.IDLE).values("needs")
    # an appointment lasts a day at most, so that the index by start bounds the search
    rows = Appointment.objects.filter(
        clients_in_reach(viewer, Action.CALENDAR_SEE),
        starts_at__gt=start - A_DAY,
        starts_at__lt=until,
        ends_at__gt=start,
    )
    if window.clinician_id:
        rows = rows.filter(clinician_id=window.clinician_id)
    return (
        rows.annotate(
            is_named=within(viewer, Action.CALENDAR_NAMES),
            is_open=within(viewer, Action.CLIENT_OPEN),
            may_edit=within(viewer, Action.CALENDAR_EDIT),
            needs=Subquery(needs[:1]),
        )
        .select_related("client__party", "service", "location")
        .only(*DRAWN)
        .order_by("starts_at", "pk")
    )


def parts_of(viewer: Viewer, appointment_ids: Sequence[UUID]) -> dict[UUID, tuple[Part, ...]]:
    """Return who pays for each appointment, where the viewer may open its client, in one query."""
    shares = Share.objects.filter(clients_in_reach(viewer, Action.CLIENT_OPEN), charge_id__in=appointment_ids)
    rows = shares.order_by("charge_id", "position").values_list("charge_id", "cents", mark("payer_id"))
    parties: dict[str, Party] = {}
    by_charge: dict[UUID, dict[str, tuple[Party, int]]] = defaultdict(dict)
    for charge_id, cents, told in rows:
        key = told["id"]
        if key not in parties:
            parties[key] = party_of(told)
        _, before = by_charge[charge_id].get(key, (parties[key], 0))
        by_charge[charge_id][key] = (parties[key], before + cents)
    return {charge_id: _percents(list(held.values())) for charge_id, held in by_charge.items()}


def _percents(held: list[tuple[Party, int]]) -> tuple[Part, ...]:
    total = sum(cents for _, cents in held)
    return tuple(Part(party, max(1, (200 * cents + total) // (2 * total))) for party, cents in held)


def _event(viewer: Viewer, row: Any, parts: tuple[Part, ...]) -> Event:
    starts = wall(row.starts_at, viewer)
    # the length is kept, so that an appointment over a clock change does not end before it begins
    ends = starts + (row.ends_at - row.starts_at)
    if not row.is_named:
        return Event(None, row.clinician_id, starts, ends, BUSY)
    return Event(
        id=row.pk,
        clinician_id=row.clinician_id,
        starts=starts,
        ends=ends,
        title=row.client.name,
        status=row.status,
        detail=", ".join(name for name in (row.service.name, row.location and row.location.name) if name),
        parts=parts,
        needs_payer=bool(row.is_open and row.needs),
        is_confidential=row.confidential,
        is_series=row.series_id is not None,
        has_video=bool(row.video_link),
        may_edit=row.may_edit,
        version=row.version,
    )


def _time_off(viewer: Viewer, window: Window) -> list[TimeOff]:
    start, until = _instants(viewer, window)
    rows = TimeOff.objects.filter(members_in_reach(viewer, Action.CALENDAR_SEE), starts_at__lt=until, ends_at__gt=start)
    if window.clinician_id:
        rows = rows.filter(member_id=window.clinician_id)
    return list(rows.order_by("starts_at", "pk")[:MOST])


def _absence(viewer: Viewer, row: TimeOff) -> Absence:
    own = reads_titles_of(viewer, row.member_id)
    title = row.title if own else TIME_OFF
    return Absence(row.pk, row.member_id, wall(row.starts_at, viewer), wall(row.ends_at, viewer), title, own)

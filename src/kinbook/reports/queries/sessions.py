"""What became of appointments, and how much each clinician did."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, may
from kinbook.practice.models import Location
from kinbook.reports.queries.asked import begun, month_name, months, of_month
from kinbook.reports.queries.income import EARNED, clinicians, earned_lines, services
from kinbook.reports.queries.reach import SEE, of_sessions
from kinbook.reports.queries.values import Bar, Chart, Column, Kind, Part, Report, Row, amounts, counts, drawn
from kinbook.scheduling.models import Appointment, Status

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

VISITS = ("reports:report", "visits")
ENDED = (Status.SHOW, Status.NO_SHOW, Status.LATE_CANCELLED)
STYLES = dict(zip(Status, ("p0", "p1", "p2", "p3", "p4", "p5"), strict=True))


def visits_between(viewer: Viewer, asked: Asked) -> QuerySet[Any]:
    """Return the appointments of these dates that the viewer is told of, narrowed as asked."""
    first = datetime.combine(asked.since, time(), viewer.zone)
    end = datetime.combine(asked.through + timedelta(days=1), time(), viewer.zone)
    rows = Appointment.objects.filter(clients_in_reach(viewer, SEE), of_sessions(viewer))
    rows = rows.filter(starts_at__gte=first, starts_at__lt=end)
    for name in ("clinician", "service", "location", "client"):
        if chosen := getattr(asked, name):
            rows = rows.filter(**{f"{name}_id": chosen})
    return rows.filter(status=asked.status) if asked.status in Status.values else rows


def appointments(viewer: Viewer, asked: Asked) -> Report:
    """Return what became of appointments, and how many lie ahead: by month, clinician, service or location."""
    by = asked.by if asked.by in NAMED else ""
    what = F(f"{by}_id") if by else F("on_date")  # days are quicker to count than months
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = visits_between(viewer, asked).annotate(what=what).order_by()
    for key, status, count in rows.values_list("what", "status").annotate(count=Count("pk")):
        sums[key if by else key.replace(day=1)][status] += count
    keys: list[Any] = sorted(sums, key=lambda key: -sum(sums[key].values())) if by else list(months(asked))
    named = NAMED[by]([key for key in keys if key]) if by else {}
    found: list[Any] = [(key, _statuses(sums[key])) for key in keys]
    found = found if by else begun(found)
    most = max((cells[-1] for _, cells in found), default=0)
    totals = [sum(column) for column in zip(*(cells for _, cells in found), strict=True)] if found else []
    return Report(
        columns=[
            Column(by or "month", by.capitalize() or "Month"),
            *(Column(status.value, str(status.label), Kind.COUNT) for status in Status),
            *counts(all="All"),
            Column("kept", "Kept", Kind.PERCENT),
        ],
        rows=[
            Row(
                (_named(named.get(key), by) if by else month_name(key), *cells, _kept(cells)),
                id=key if by else None,
                place=VISITS,
                query=asked.query(**({by: key} if by else of_month(asked, key))),
                bar=tuple(drawn(_parts(cells), most)) if by else (),
            )
            for key, cells in found
        ],
        total=("All", *totals, _kept(tuple(totals))) if found else None,
        chart=None if by else _drawn(found),
        parts=_parts(tuple(totals)) if by else (),
    )


def _statuses(sums: dict[str, int]) -> tuple[int, ...]:
    each = [sums[status] for status in Status]
    return (*each, sum(each))


def _kept(cells: tuple[int, ...]) -> int | None:
    """Return how many of the appointments that were not called off in time took place, in hundredths of a percent."""
    by_status = dict(zip(Status, cells, strict=False))
    due = sum(by_status[status] for status in ENDED)
    return round(10000 * by_status[Status.SHOW] / due) if due else None


def _parts(cells: tuple[int, ...]) -> tuple[Part, ...]:
    named = zip(Status, cells, strict=False)
    return tuple(Part(str(status.label), count, STYLES[status]) for status, count in named if count)


def _drawn(found: list[tuple[Any, tuple[int, ...]]]) -> Chart:
    bars = tuple(Bar(f"{month:%b}", _parts(cells)) for month, cells in found)
    return Chart("Appointments by status", Kind.COUNT, bars)


def _named(thing: Any, by: str) -> str:
    if thing is None:
        return f"No {by}"
    return str(getattr(thing, "name", thing))


def locations(ids: list[UUID]) -> dict[UUID, Any]:
    """Return locations by id."""
    return dict(Location.objects.in_bulk(ids))


NAMED = {"clinician": clinicians, "service": services, "location": locations}


def productivity(viewer: Viewer, asked: Asked) -> Report:
    """Return what each clinician did: sessions held and missed, hours, clients; what was earned where it is told."""
    held = Q(status=Status.SHOW)
    rows: QuerySet[Any] = (
        visits_between(viewer, asked)
        .order_by()
        .values("clinician_id")
        .annotate(
            held=Count("pk", filter=held),
            missed=Count("pk", filter=Q(status__in=[Status.NO_SHOW, Status.LATE_CANCELLED])),
            people=Count("client_id", filter=held, distinct=True),
            time=Sum(F("ends_at") - F("starts_at"), filter=held),
        )
    )
    done = {each["clinician_id"]: each for each in rows}
    money = may(viewer, Action.AMOUNTS_SEE)
    earned: dict[Any, int] = {}
    if money:
        lines = earned_lines(viewer, asked, EARNED).filter(clinician__isnull=False).order_by()
        earned = dict(lines.values_list("clinician_id").annotate(sum=-Sum("cents")))
    named = clinicians([*{*done, *earned}])
    keys = sorted(named, key=lambda key: (-done.get(key, NOTHING)["held"], str(key)))
    found = [(key, _done(done.get(key, NOTHING), earned.get(key, 0), money=money)) for key in keys]
    most = max((cells[0] for _, cells in found), default=0)
    columns = [Column("clinician", "Clinician"), *counts(held="Sessions", missed="Missed", clients="Clients")]
    columns += [Column("hours", "Hours", Kind.HOURS)]
    columns += amounts(income="Income", average="A session") if money else []
    return Report(
        columns=columns,
        rows=[
            Row(
                (named[key].name, *cells),
                id=key,
                place=VISITS,
                query=asked.query(clinician=key),
                bar=tuple(drawn([Part("Sessions", cells[0])], most)),
            )
            for key, cells in found
        ],
    )


NOTHING: dict[str, Any] = {"held": 0, "missed": 0, "people": 0, "time": None}


def _done(each: dict[str, Any], earned: int, *, money: bool) -> tuple[int, ...]:
    minutes = int(each["time"].total_seconds() // 60) if each["time"] else 0
    cells = (each["held"], each["missed"], each["people"], minutes)
    return (*cells, earned, round(earned / each["held"]) if each["held"] else 0) if money else cells

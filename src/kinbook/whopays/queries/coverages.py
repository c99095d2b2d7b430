"""Third parties as the screens show them: what they cover, what is used and left of it, and which run out soon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.rules.money import spoken, spoken_percent
from kinbook.rules.periods import spoken_day
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Unknown
from kinbook.whopays.models import Coverage, Share

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Limits:
    """When a coverage is about to run out: sessions left, hundredths of its amount left, days before it ends."""

    sessions: int
    percent: int
    days: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A third party of a client: what it covers, what was used (sessions, cents), what is booked ahead, what is left.

    `left_sessions` and `left_cents` are None where there is no such limit; `warning` is empty where nothing runs out.
    """

    coverage: Coverage
    organization: Party
    used_sessions: int
    used_cents: int
    booked_sessions: int
    booked_cents: int
    warning: str
    has_begun: bool
    is_over: bool

    @property
    def left_sessions(self) -> int | None:
        """Sessions left of the limit."""
        most = self.coverage.max_sessions
        return None if most is None else max(0, most - self.used_sessions)

    @property
    def left_cents(self) -> int | None:
        """Cents left of the limit."""
        most = self.coverage.max_cents
        return None if most is None else max(0, most - self.used_cents)

    @property
    def is_used_up(self) -> bool:
        """Tell whether nothing is left of a limit: the family pays from here on."""
        return 0 in {self.left_sessions, self.left_cents}

    @property
    def terms(self) -> str:
        """What it covers of each session, in words."""
        if self.coverage.percent is not None:
            return f"{spoken_percent(self.coverage.percent)}% of each session"
        if self.coverage.fixed_cents is not None:
            return f"{spoken(self.coverage.fixed_cents)} a session"
        return "all of each session"

    @property
    def left(self) -> str:
        """What is left, in words: "3 of 12 sessions left, 240.00 of 960.00 left"."""
        words = []
        if self.left_sessions is not None:
            words.append(f"{self.left_sessions} of {self.coverage.max_sessions} sessions left")
        if self.left_cents is not None:
            words.append(f"{spoken(self.left_cents)} of {spoken(self.coverage.max_cents or 0)} left")
        return ", ".join(words)


def coverages_of(viewer: Viewer, client: Client) -> list[CoverageRow]:
    """Return a client's third parties in the order in which they take: two queries."""
    rows = _with_use(Coverage.objects.filter(client=client)).order_by("position", "pk")
    found = list(rows)
    return _rows(viewer, found) if found else []


def in_force(rows: list[CoverageRow]) -> list[CoverageRow]:
    """Return those that have not ended."""
    return [row for row in rows if not row.is_over]


def covers(row: CoverageRow, on: date, service_id: UUID) -> bool:
    """Tell whether a third party speaks of sessions of a service on a day."""
    coverage = row.coverage
    begun = coverage.starts_on is None or coverage.starts_on <= on
    holds = begun and (coverage.until is None or on < coverage.until)
    return holds and (not coverage.service_ids or str(service_id) in coverage.service_ids)


def runs_out_with(viewer: Viewer, client: Client, *, on: date, service_id: UUID) -> list[str]:
    """Return what to tell who books a session: third parties that what is booked leaves little or nothing of."""
    rows = [row for row in coverages_of(viewer, client) if covers(row, on, service_id)]
    found = ((row, _ahead(row, on, _limits(row.coverage.practice))) for row in rows)
    return [f"{row.organization.name}: {words}." for row, words in found if words]


def _ahead(row: CoverageRow, on: date, limits: Limits) -> str:
    """Return what is left once everything booked has been, in words; empty where that is enough."""
    coverage = row.coverage
    sessions = None if row.left_sessions is None else max(0, row.left_sessions - row.booked_sessions)
    cents = None if row.left_cents is None else max(0, row.left_cents - row.booked_cents)
    if 0 in {sessions, cents}:
        return "with what is booked it is used up"
    if sessions is not None and sessions <= limits.sessions:
        return f"after what is booked it covers {sessions} more"
    if cents is not None and cents <= (coverage.max_cents or 0) * limits.percent // 100:
        return f"after what is booked {spoken(cents)} is left"
    if coverage.until and (coverage.until - on).days <= limits.days:
        return f"it ends on {spoken_day(coverage.until)}"
    return ""


def coverage_for(viewer: Viewer, client: Client, coverage_id: UUID) -> CoverageRow:
    """Return one coverage of a client the viewer has loaded; Unknown where there is none."""
    found = _with_use(Coverage.objects.filter(client=client, pk=coverage_id)).first()
    if found is None:
        raise Unknown
    return _rows(viewer, [found])[0]


def running_out(viewer: Viewer, start: int = 0, limit: int = 50) -> tuple[list[CoverageRow], int]:
    """Return coverages in the viewer's reach that run out, the soonest to end first, and how many there are in all.

    Two queries, and one more where `start` lies beyond the last.
    """
    limits = limits_of(viewer)
    ending = _ending(viewer, limits)
    ordered = ending.select_related("client__party", "organization__merged_into").annotate(of=Window(Count("pk")))
    found = list(ordered.order_by(F("until").asc(nulls_last=True), "pk")[start : start + limit])
    count = found[0].of if found else ending.count() if start else 0
    return [_row(each, viewer.today, limits) for each in found], count


def limits_of(viewer: Viewer) -> Limits:
    """Return from when on the practice wants to be warned."""
    return _limits(Practice.objects.get(pk=viewer.practice_id))


def _limits(practice: Practice) -> Limits:
    return Limits(practice.coverage_sessions, practice.coverage_percent, practice.coverage_days)


def _rows(viewer: Viewer, found: list[Any]) -> list[CoverageRow]:
    return [_row(each, viewer.today, _limits(each.practice)) for each in found]


def _with_use(rows: QuerySet[Coverage]) -> QuerySet[Any]:
    """Load with each coverage its practice, what was used of it and what is booked ahead."""
    used, booked = Q(billable=True), Q(billable=False)
    return rows.select_related("organization__merged_into", "practice").annotate(
        used_sessions=_of_shares(Count("pk"), used),
        used_cents=_of_shares(Sum("cents"), used),
        booked_sessions=_of_shares(Count("pk"), booked),
        booked_cents=_of_shares(Sum("cents"), booked),
    )


def _of_shares(figure: Any, which: Q) -> Any:
    shares = Share.objects.filter(which, coverage_id=OuterRef("pk")).order_by().values("coverage_id")
    return Coalesce(Subquery(shares.annotate(figure=figure).values("figure")), 0, output_field=BigIntegerField())


def _ending(viewer: Viewer, limits: Limits) -> QuerySet[Any]:
    """Return coverages that have begun and not ended, and of which too little is left."""
    today = viewer.today
    begun = Q(starts_on=None) | Q(starts_on__lte=today)
    standing = Q(until=None) | Q(until__gt=today)
    few = Q(max_sessions__lte=F("used_sessions") + limits.sessions)
    # little: what is left is at most so many hundredths of the whole
    little = Q(max_cents__isnull=False, used_cents__gte=F("max_cents") - F("max_cents") * limits.percent / 100)
    soon = Q(until__lte=today + timedelta(days=limits.days))
    reached = Coverage.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), begun, standing)
    return _with_use(reached).filter(soon | few | little)


def _row(found: Any, today: date, limits: Limits) -> CoverageRow:
    row = CoverageRow(
        coverage=found,
        organization=found.organization.merged_into or found.organization,
        used_sessions=found.used_sessions,
        used_cents=found.used_cents,
        booked_sessions=found.booked_sessions,
        booked_cents=found.booked_cents,
        warning="",
        has_begun=found.starts_on is None or found.starts_on <= today,
        is_over=found.until is not None and found.until <= today,
    )
    return _warned(row, today, limits)


def _warned(row: CoverageRow, today: date, limits: Limits) -> CoverageRow:
    return row if row.is_over or not row.has_begun else replace(row, warning=_warning(row, today, limits))


def _warning(row: CoverageRow, today: date, limits: Limits) -> str:
    """Return what runs out, in words; empty where nothing does."""
    coverage, words = row.coverage, []
    if row.is_used_up:
        return "used up: the family pays from here on"
    if row.left_sessions is not None and row.left_sessions <= limits.sessions:
        words.append(f"{row.left_sessions} session{'' if row.left_sessions == 1 else 's'} left")
    if row.left_cents is not None and row.left_cents <= (coverage.max_cents or 0) * limits.percent // 100:
        words.append(f"{spoken(row.left_cents)} left")
    if coverage.until and (coverage.until - today).days <= limits.days:
        words.append(f"ends on {spoken_day(coverage.until)}")
    return ", ".join(words)

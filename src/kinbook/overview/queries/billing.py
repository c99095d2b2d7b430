"""What needs a hand in billing today: a tile for each kind, and the rows behind it, as many as the tile says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import reaches_practice
from kinbook.invoices.models import Mailing, Run, RunState
from kinbook.overview.queries.counting import tallies_for
from kinbook.overview.queries.failed_cards import rows_of_cards, waiting_cards
from kinbook.overview.queries.work import (
    AGES,
    WorkRow,
    ending,
    needing,
    overdue,
    unapplied,
    waiting,
)
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import Count

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kinbook.tenancy.viewer import Viewer

    Tallies = dict[tuple[str, date | None], Count]
    Rows = Callable[[Viewer, int, int], list[WorkRow]]

NEEDS, UNINVOICED, OVERDUE, CREDIT, ENDING = "needs_payer", "uninvoiced", "overdue", "credit", "running_out"
FAILED = "failed_cards"
FEW = 6
PAGE = 50


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile above the list: how many, how much, and what it opens; `cents` is None where it is no amount."""

    key: str
    name: str
    count: int
    cents: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind, those shown and how many there are; `next` is where the rows go on."""

    key: str
    name: str
    icon: str
    count: int
    cents: int | None
    rows: list[WorkRow]
    next: int = 0


@dataclass(frozen=True, slots=True)
class BillingPage:
    """The page: tiles, groups of work, and what works in the background."""

    tiles: list[Tile]
    groups: list[Group]
    ageing: list[tuple[str, int]]
    run: Run | None
    mailing: Mailing | None
    shown: str
    sees_all: bool

    @property
    def things(self) -> int:
        """Return how many things need a hand today; what waits to be invoiced has its own day."""
        return sum(tile.count for tile in self.tiles if tile.key != UNINVOICED)


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of work: its name, its icon, how many there are, and where its rows come from."""

    name: str
    icon: str
    count: Count
    rows: Rows
    has_amount: bool = True


def billing_page(viewer: Viewer, shown: str, start: int = 0) -> BillingPage:
    """Return what needs a hand: all kinds, a few rows each, or one kind with many, from a row on."""
    keys, limit = _asked(shown)
    start = start if len(keys) == 1 else 0
    tallies = tallies_for(viewer)
    kinds = _kinds(viewer, tallies, *((start, limit) if ENDING in keys else (0, 1)))
    late = overdue(viewer, [age for age in AGES if age.key in keys and kinds[age.key].count.count], start, limit)
    groups = [
        _group(key, kinds[key], late[key] if key in late else _rows(viewer, kinds[key], start, limit), start, limit)
        for key in keys
        if key in kinds
    ]
    return BillingPage(
        tiles=[_tile(key, kinds[key]) for key in TILES if key in kinds],
        groups=[group for group in groups if group.rows],
        ageing=ageing(tallies, viewer.today),
        run=Run.objects.filter(state__in=[RunState.WORKING, RunState.PAUSED]).order_by("-started_at").first(),
        mailing=_mailing_at_work(viewer),
        shown=shown if shown in SINGLE or shown == OVERDUE else "",
        sees_all=reaches_practice(viewer, Action.AMOUNTS_SEE),
    )


OLDEST_FIRST = [age.key for age in reversed(AGES)]
TILES = (NEEDS, UNINVOICED, OVERDUE, FAILED, ENDING, CREDIT)
SINGLE = {NEEDS, UNINVOICED, FAILED, ENDING, CREDIT, *OLDEST_FIRST}


def _asked(shown: str) -> tuple[list[str], int]:
    """Return the kinds that are listed, and how many rows of each."""
    if shown in SINGLE:
        return [shown], PAGE
    return (OLDEST_FIRST, PAGE) if shown == OVERDUE else ([NEEDS, FAILED, ENDING, *OLDEST_FIRST, CREDIT], FEW)


def _mailing_at_work(viewer: Viewer) -> Mailing | None:
    """Return the mailing that goes on: one's own, or anybody's for who sees the whole practice."""
    found = Mailing.objects.filter(state__in=[RunState.WORKING, RunState.PAUSED])
    if not reaches_practice(viewer, Action.AMOUNTS_SEE):
        found = found.filter(member_id=viewer.id)
    return found.order_by("-started_at").first()


def _kinds(viewer: Viewer, tallies: Tallies, start: int, limit: int) -> dict[str, Kept]:
    """Return every kind of work with its count; credit for who sees every client's money.

    Third parties that run out have no tally: their rows, from `start` on, come with their count.
    """
    today = viewer.today
    late = [(on, count) for (kind, on), count in tallies.items() if kind == Kind.DUE and on is not None and on < today]
    out, of = ending(viewer, start, limit)
    kinds = {
        NEEDS: Kept("Needs a payer", "help", tallies.get((Kind.NEEDS_PAYER, None), Count()), needing),
        UNINVOICED: Kept("Uninvoiced", "clock", tallies.get((Kind.UNINVOICED, None), Count()), waiting),
        OVERDUE: Kept("Overdue", "alert", sum((count for _, count in late), Count()), _by_age),
        ENDING: Kept("Running out", "tag", Count(of), lambda *_: out, has_amount=False),
    }
    for age in AGES:
        count = sum((count for on, count in late if age.holds((today - on).days)), Count())
        kinds[age.key] = Kept(f"Overdue {age.name}", "alert", count, _by_age)
    if reaches_practice(viewer, Action.AMOUNTS_SEE):
        kinds[FAILED] = _failed_cards(viewer)
        kinds[CREDIT] = Kept("Unapplied credit", "coin", tallies.get((Kind.CREDIT, None), Count()), unapplied)
    return kinds


def _failed_cards(viewer: Viewer) -> Kept:
    found = waiting_cards(viewer)
    count = Count(len(found), sum(row[1] for row in found))
    return Kept("Failed cards", "card", count, lambda _, start, limit: rows_of_cards(found[start : start + limit]))


def _by_age(_viewer: Viewer, _start: int, _limit: int) -> list[WorkRow]:
    """Return no rows: what is overdue is read for all ages at once."""
    return []


def _rows(viewer: Viewer, kind: Kept, start: int, limit: int) -> list[WorkRow]:
    return kind.rows(viewer, start, limit) if kind.count.count else []


def _tile(key: str, kind: Kept) -> Tile:
    return Tile(key, kind.name, kind.count.count, kind.count.cents if kind.has_amount else None)


def ageing(tallies: Tallies, today: date) -> list[tuple[str, int]]:
    """Return overdue cents by age: up to 30 days, 60, 90, and more."""
    spans = dict.fromkeys((age.name for age in AGES), 0)
    for (kind, on), count in tallies.items():
        if kind == Kind.DUE and on is not None and on < today:
            name = next(age.name for age in AGES if age.holds((today - on).days))
            spans[name] += count.cents
    return list(spans.items())


def _group(key: str, kind: Kept, rows: list[WorkRow], start: int, limit: int) -> Group:
    cents = kind.count.cents if kind.has_amount else None
    after = start + len(rows)
    more = after if limit == PAGE and rows and after < kind.count.count else 0
    return Group(key, kind.name, kind.icon, kind.count.count, cents, rows, more)

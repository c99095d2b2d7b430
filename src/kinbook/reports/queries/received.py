"""Payments and deposits per day, and what was given up: written off, discounted, credited."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from kinbook.ledger.sums import entries_of, lines_between
from kinbook.payments.models import Method
from kinbook.reports.queries.asked import begun, month_name, months, of_month
from kinbook.reports.queries.income import LINES, earned_lines, parties
from kinbook.reports.queries.reach import narrowed, received, sees_all
from kinbook.reports.queries.values import Bar, Chart, Column, Kind, Part, Report, Row, amounts, drawn
from kinbook.rules.posting import Account, Event

if TYPE_CHECKING:
    from datetime import date

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

PLACES = {method: place for place, method in enumerate(Method.values, start=1)}
DAYS_DRAWN = 31


def payments(viewer: Viewer, asked: Asked) -> Report:
    """Return what came in each day by method, less what was given back, and what was deposited after fees."""
    by_day: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = received(viewer, narrowed(lines_between([Account.CASH], asked.since, asked.through), asked))
    for day, method, cents in lines.order_by().values_list("on_date", "method").annotate(cents=Sum("cents")):
        by_day[day][method] += cents
    fees = sees_all(viewer) and not asked.payer
    if fees:
        kept = lines_between([Account.PROCESSOR], asked.since, asked.through)
        for day, cents in kept.order_by().values_list("on_date").annotate(cents=Sum("cents")):
            by_day[day]["fees"] += cents
    methods = [each for each in Method if any(day.get(each) for day in by_day.values())]
    columns = [Column(each.value, str(each.label), Kind.MONEY) for each in methods]
    columns += (
        amounts(received="Received", fees="Fees", deposited="Deposited") if fees else amounts(received="Received")
    )
    found = [(day, _day(by_day[day], methods, fees=fees)) for day in sorted(by_day, reverse=True)]
    return Report(
        columns=[Column("day", "Day", Kind.DAY), *columns],
        rows=[
            Row((day, *cells), place=LINES, query=asked.query(account="cash", since=day, through=day))
            for day, cells in found
        ],
        total=("All", *(sum(column) for column in zip(*(cells for _, cells in found), strict=True))) if found else None,
        chart=_drawn(asked, by_day, methods),
    )


def _day(sums: dict[str, int], methods: list[Method], *, fees: bool) -> tuple[int, ...]:
    came = [sums.get(each, 0) for each in methods]
    return (*came, sum(came), *((sums.get("fees", 0), sum(came) + sums.get("fees", 0)) if fees else ()))


def _drawn(asked: Asked, by_day: dict[date, dict[str, int]], methods: list[Method]) -> Chart:
    """Return the picture: day by day where they are few, else month by month."""
    if len(by_day) <= DAYS_DRAWN and (asked.through - asked.since).days <= DAYS_DRAWN:
        bars = [(f"{day.day} {day:%b}", by_day[day]) for day in sorted(by_day)]
        title = "Received by day"
    else:
        by_month: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for day, sums in by_day.items():
            for method, cents in sums.items():
                by_month[day.replace(day=1)][method] += cents
        bars = [(f"{month:%b}", by_month[month]) for month in months(asked)]
        title = "Received by month"
    return Chart(
        title,
        Kind.MONEY,
        tuple(
            Bar(name, tuple(Part(str(each.label), sums.get(each, 0), f"p{PLACES[each]}") for each in methods))
            for name, sums in bars
        ),
    )


CREDITED = (Event.CREDITED, Event.CREDIT_UNDONE)
GIVEN_UP = (Account.WRITE_OFF, Account.DISCOUNT)


def adjustments(viewer: Viewer, asked: Asked) -> Report:
    """Return what was given up: written off, discounted, and taken back by credit notes; by month, or by payer."""
    by_payer = asked.by == "payer"
    what = F("payer_id") if by_payer else F("on_date")  # days are quicker to add up than months
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = earned_lines(viewer, asked, GIVEN_UP).annotate(what=what)
    for key, account, cents in lines.order_by().values_list("what", "account").annotate(sum=Sum("cents")):
        sums[key if by_payer else key.replace(day=1)][account] += cents
    credited = entries_of(CREDITED, asked.since, asked.through)
    notes = earned_lines(viewer, asked, (Account.INCOME, Account.TAX)).filter(entry_id__in=credited)
    for key, cents in notes.annotate(what=what).order_by().values_list("what").annotate(sum=Coalesce(Sum("cents"), 0)):
        sums[key if by_payer else key.replace(day=1)]["credited"] += cents
    keys: list[Any] = sorted(sums, key=lambda key: -sum(sums[key].values())) if by_payer else list(months(asked))
    named = parties(keys) if by_payer else {}
    found: list[Any] = [(key, _given_up(sums[key])) for key in keys]
    found = found if by_payer else begun(found)
    most = max((cells[-1] for _, cells in found), default=0)
    return Report(
        columns=[
            Column("payer", "Payer") if by_payer else Column("month", "Month"),
            *amounts(written_off="Written off", discounts="Discounts", credited="Credit notes", all="In all"),
        ],
        rows=[
            Row(
                (named[key].name if by_payer else month_name(key), *cells),
                id=key if by_payer else None,
                place=LINES,
                query=asked.query(account="given_up", **({"payer": key} if by_payer else of_month(asked, key))),
                party=named.get(key),
                bar=tuple(drawn([Part("Given up", cells[-1])], most)) if by_payer else (),
            )
            for key, cells in found
        ],
        total=("All", *(sum(column) for column in zip(*(cells for _, cells in found), strict=True))) if found else None,
        chart=None if by_payer else Chart("Given up by month", Kind.MONEY, tuple(_lost(*each) for each in found)),
    )


def _given_up(sums: dict[str, int]) -> tuple[int, ...]:
    each = (sums[Account.WRITE_OFF], sums[Account.DISCOUNT], sums["credited"])
    return (*each, sum(each))


def _lost(month: date, cells: tuple[int, ...]) -> Bar:
    named = zip(("Written off", "Discounts", "Credit notes"), cells, ("p1", "p2", "p3"), strict=False)
    return Bar(f"{month:%b}", tuple(Part(*each) for each in named))

"""What was earned: by month, service, clinician, payer or client; from the journal alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from kinbook.ledger.sums import lines_between
from kinbook.people.models import Client, Party
from kinbook.practice.models import Service
from kinbook.reports.queries.asked import begun, month_name, months, of_month
from kinbook.reports.queries.reach import narrowed, of_money, of_sessions, received
from kinbook.reports.queries.values import Bar, Chart, Column, Kind, Part, Report, Row, amounts, drawn
from kinbook.rules.posting import Account
from kinbook.team.models import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

EARNED = (Account.INCOME, Account.DISCOUNT)
"""What the practice earned is income less discounts."""

OF_CLIENTS = (*EARNED, Account.TAX, Account.WRITE_OFF)
LINES = ("reports:report", "lines")


def income(viewer: Viewer, asked: Asked) -> Report:
    """Return what was earned, by what is asked: month where nothing is said."""
    return _grouped(viewer, asked, GROUPS[asked.by]) if asked.by in GROUPS else _by_month(viewer, asked)


def earned_lines(viewer: Viewer, asked: Asked, accounts: Iterable[str]) -> QuerySet[Any]:
    """Return the lines of these accounts that the viewer may add up, narrowed as asked."""
    lines = lines_between(tuple(accounts), asked.since, asked.through)
    return narrowed(lines, asked).filter(of_money(viewer), of_sessions(viewer))


def _by_month(viewer: Viewer, asked: Asked) -> Report:
    sums: dict[tuple[date, str], int] = defaultdict(int)
    rows = earned_lines(viewer, asked, OF_CLIENTS).order_by()
    for day, account, cents in rows.values_list("on_date", "account").annotate(cents=Sum("cents")):
        sums[day.replace(day=1), account] += cents  # days are quicker to add up than months
    if not (asked.clinician or asked.service or asked.client):  # money comes from a payer, for no service
        cash = narrowed(lines_between([Account.CASH], asked.since, asked.through), asked)
        paid = received(viewer, cash).order_by()
        for day, cents in paid.values_list("on_date").annotate(cents=Sum("cents")):
            sums[day.replace(day=1), Account.CASH] += cents
    found = begun([(month, _month(sums, month)) for month in months(asked)])
    return Report(
        columns=[
            Column("month", "Month"),
            *amounts(billed="Billed", discounts="Discounts", income="Income", tax="Tax", written_off="Written off"),
            *amounts(received="Received"),
        ],
        rows=[
            Row(
                (month_name(month), *cells),
                place=LINES,
                query=asked.query(account="income", **of_month(asked, month)),
            )
            for month, cells in found
        ],
        total=("All", *(sum(column) for column in zip(*(cells for _, cells in found), strict=True))),
        chart=Chart(
            "Income by month",
            Kind.MONEY,
            tuple(Bar(f"{month:%b}", (Part("Income", cells[2]),)) for month, cells in found),
        ),
    )


def _month(sums: dict[tuple[date, str], int], month: date) -> tuple[int, ...]:
    billed, discounts = -sums[month, Account.INCOME], sums[month, Account.DISCOUNT]
    tax, written_off = -sums[month, Account.TAX], sums[month, Account.WRITE_OFF]
    return billed, discounts, billed - discounts, tax, written_off, sums[month, Account.CASH]


@dataclass(frozen=True, slots=True)
class Group:
    """What income is grouped by: the column, what it is called, and how its rows are named."""

    column: str
    name: str
    nobody: str
    named: Callable[[list[UUID]], dict[UUID, Any]]


def services(ids: list[UUID]) -> dict[UUID, Any]:
    """Return services by id."""
    return dict(Service.objects.in_bulk(ids))


def clinicians(ids: list[UUID]) -> dict[UUID, Any]:
    """Return members by id."""
    return dict(Member.objects.in_bulk(ids))


def parties(ids: list[UUID]) -> dict[UUID, Any]:
    """Return for each id whoever stands for it."""
    found = Party.objects.filter(pk__in=ids).select_related("merged_into")
    return {party.pk: party.merged_into or party for party in found}


def clients(ids: list[UUID]) -> dict[UUID, Any]:
    """Return clients by id."""
    return dict(Client.objects.select_related("party").in_bulk(ids))


GROUPS = {
    "service": Group("service", "Service", "Products and fees", services),
    "clinician": Group("clinician", "Clinician", "No clinician", clinicians),
    "payer": Group("payer", "Payer", "", parties),
    "client": Group("client", "Client", "", clients),
}


def _grouped(viewer: Viewer, asked: Asked, group: Group) -> Report:
    lines = earned_lines(viewer, asked, EARNED)
    column = f"{group.column}_id"
    sums = lines.order_by().values_list(column).annotate(cents=-Sum("cents")).order_by("-cents", column)
    shown = sums if asked.limit is None else sums[asked.start : asked.start + asked.limit + 1]
    found = [(key, cents) for key, cents in shown if cents]
    more = str(asked.start + asked.limit) if asked.limit and len(found) > asked.limit else ""
    found = found[: asked.limit]
    total = -(lines.aggregate(cents=Sum("cents"))["cents"] or 0)
    named = group.named([key for key, _ in found if key])
    most = max((cents for _, cents in found), default=0)
    return Report(
        columns=[Column(group.column, group.name), *amounts(income="Income"), Column("share", "Of all", Kind.PERCENT)],
        rows=[_row(asked, group, named.get(key), key, cents, total, most) for key, cents in found],
        total=("All", total, 10000 if total else 0),
        more=more,
    )


def _row(asked: Asked, group: Group, thing: Any, key: UUID | None, cents: int, total: int, most: int) -> Row:
    name = group.nobody if thing is None else getattr(thing, "name", str(thing))
    return Row(
        (name, cents, round(10000 * cents / total) if total else 0),
        id=key,
        place=LINES if key else None,
        query=asked.query(account="income", **{group.column: key}),
        party=thing if isinstance(thing, Party) else None,
        bar=tuple(drawn([Part(name, cents)], most)),
    )

"""What is owed: by payer and age, what is in credit, and when it may come in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from kinbook.access.policy import closed_to
from kinbook.invoices.models import Standing
from kinbook.ledger.balances import sum_of_credits
from kinbook.ledger.sums import credits_between, open_by_invoice, owed_by
from kinbook.people.queries import parties_visible_to
from kinbook.reports.queries.asked import month_name
from kinbook.reports.queries.income import parties
from kinbook.reports.queries.reach import of_money, sees_all
from kinbook.reports.queries.values import Bar, Chart, Column, Kind, Part, Report, Row, amounts, counts, drawn
from kinbook.tenancy.models import Practice
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

AGES = ("Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
KEYS = ("not_due", "days_30", "days_60", "days_90", "over_90")
PAYER = ("payments:payer",)


def open_invoices(viewer: Viewer, asked: Asked) -> Any:
    """Return open invoices with `seen`, the cents due on them that the viewer may be told of."""
    rows: Any = Standing.objects.filter(due_cents__gt=0)
    if asked.payer:
        rows = rows.filter(payer_id=asked.payer)
    if sees_all(viewer) and not asked.client:
        return rows.annotate(seen=F("due_cents"))
    whose = of_money(viewer) & Q(client_id=asked.client) if asked.client else of_money(viewer)
    lines = open_by_invoice(whose).filter(invoice_id=OuterRef("invoice_id")).order_by().values("invoice_id")
    return rows.annotate(seen=Coalesce(Subquery(lines.annotate(sum=Sum("cents")).values("sum")), 0)).filter(seen__gt=0)


def _ages(today: date) -> dict[str, Any]:
    """Return the sums by age: an invoice due today is not overdue."""
    days = [today - timedelta(days=each) for each in (0, 30, 60, 90)]
    spans = [
        Q(due_on__gte=days[0]),
        *(Q(due_on__lt=later, due_on__gte=earlier) for later, earlier in pairwise(days)),
        Q(due_on__lt=days[-1]),
    ]
    return {key: Coalesce(Sum("seen", filter=span), 0) for key, span in zip(KEYS, spans, strict=True)}


def outstanding(viewer: Viewer, asked: Asked) -> Report:
    """Return what every payer owes, by how long it is overdue: whose debt is oldest first."""
    rows = open_invoices(viewer, asked)
    sums: QuerySet[Any] = (
        rows.order_by()
        .values("payer_id")
        .annotate(**_ages(viewer.today), all=Sum("seen"), oldest=Min("due_on"))
        .order_by("oldest", "payer_id")
    )
    shown = sums if asked.limit is None else sums[asked.start : asked.start + asked.limit + 1]
    found = list(shown)
    more = str(asked.start + asked.limit) if asked.limit and len(found) > asked.limit else ""
    found = found[: asked.limit]
    whole = rows.aggregate(**_ages(viewer.today), all=Sum("seen"), payers=Count("payer_id", distinct=True))
    named = parties([each["payer_id"] for each in found])
    most = max((each["all"] for each in found), default=0)
    totals = tuple(whole[key] for key in KEYS)
    return Report(
        columns=[
            Column("payer", "Payer"),
            *amounts(**dict(zip(KEYS, AGES, strict=True)), total="Owed"),
            *counts(oldest="Days overdue"),
        ],
        rows=[_owing(each, named[each["payer_id"]], viewer.today, most) for each in found],
        total=("All", *totals, whole["all"] or 0, None),
        chart=Chart(
            "Owed by age",
            Kind.MONEY,
            tuple(
                Bar(name, (Part(name, cents, f"age{place}"),))
                for place, (name, cents) in enumerate(zip(AGES, totals, strict=True))
            ),
            lying=True,
        ),
        more=more,
        note=f"{whole['payers']} payer{'s' if whole['payers'] != 1 else ''} on {viewer.today.day} {viewer.today:%B %Y}",
    )


def _owing(each: dict[str, Any], party: Any, today: date, most: int) -> Row:
    ages = [each[key] for key in KEYS]
    late = (today - each["oldest"]).days
    parts = [Part(name, cents, f"age{place}") for place, (name, cents) in enumerate(zip(AGES, ages, strict=True))]
    return Row(
        (party.name, *ages, each["all"], late if late > 0 else None),
        id=each["payer_id"],
        place=(*PAYER, party.pk),
        party=party,
        bar=tuple(drawn(reversed(parts), most)),
    )


def in_credit(viewer: Viewer, asked: Asked) -> Report:
    """Return who has paid more than was applied, the most first, with what they owe beside it."""
    seen = Q(payer_id__in=parties_visible_to(viewer).values("pk")) if closed_to(viewer) else Q()
    count, cents = sum_of_credits(seen)
    found = credits_between(asked.start, asked.limit and asked.limit + 1, seen)
    more = str(asked.start + asked.limit) if asked.limit and len(found) > asked.limit else ""
    found = found[: asked.limit]
    ids = [payer for payer, _ in found]
    named, owed = parties(ids), owed_by(ids)
    most = max((each for _, each in found), default=0)
    return Report(
        columns=[Column("payer", "Payer"), *amounts(credit="Credit", owed="Owed on invoices")],
        rows=[
            Row(
                (named[payer].name, each, owed.get(payer, 0)),
                id=payer,
                place=(*PAYER, named[payer].pk),
                party=named[payer],
                bar=tuple(drawn([Part("Credit", each)], most)),
            )
            for payer, each in found
        ],
        total=("All", cents, None),
        more=more,
        note=f"{count} payer{'s' if count != 1 else ''} with credit",
    )


AHEAD = 6
"""Months that are told one by one; what comes later is one line."""


def forecast(viewer: Viewer, asked: Asked) -> Report:
    """Return when money may come in: invoices by due date, what waits to be invoiced, and what is scheduled.

    What is not invoiced yet counts as if invoiced today, or on the day of its session, and paid when it is due.
    """
    terms = timedelta(days=Practice.objects.values_list("terms_days", flat=True).get(pk=viewer.practice_id))
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    names = _month_names(viewer.today)
    for due_on, cents in open_invoices(viewer, asked).order_by().values_list("due_on").annotate(sum=Sum("seen")):
        sums[_span(names, due_on, viewer.today)][0] += cents
    shares = Share.objects.filter(of_money(viewer), invoice_id=None)
    if asked.payer:
        shares = shares.filter(payer_id=asked.payer)
    if asked.client:
        shares = shares.filter(client_id=asked.client)
    waiting = shares.filter(billable=True).aggregate(sum=Sum("cents"))["sum"] or 0
    sums[_span(names, viewer.today + terms, viewer.today)][1] += waiting
    for on_date, cents in shares.filter(billable=False).order_by().values_list("on_date").annotate(sum=Sum("cents")):
        sums[_span(names, max(on_date, viewer.today) + terms, viewer.today)][2] += cents
    found = [(name, (*sums[name], sum(sums[name]))) for name in ("Overdue", *names.values(), "Later")]
    return Report(
        columns=[
            Column("due", "Due"),
            *amounts(invoiced="On invoices", uninvoiced="Not invoiced yet", scheduled="Scheduled", all="Expected"),
        ],
        rows=[Row((name, *cells)) for name, cells in found],
        total=("All", *(sum(column) for column in zip(*(cells for _, cells in found), strict=True))),
        chart=Chart("Expected by month", Kind.MONEY, tuple(_expected(name, cells) for name, cells in found)),
        note="Scheduled sessions count as if everybody came, and everybody as if they paid on the day it is due.",
    )


def _expected(name: str, cells: tuple[int, ...]) -> Bar:
    named = zip(("On invoices", "Not invoiced yet", "Scheduled"), cells[:3], ("p1", "p2", "p3"), strict=True)
    return Bar(name.removesuffix(name[-5:]) if name[-4:].isdecimal() else name, tuple(Part(*each) for each in named))


def _month_names(today: date) -> dict[date, str]:
    months, month = {}, today.replace(day=1)
    for _ in range(AHEAD):
        months[month] = month_name(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months


def _span(names: dict[date, str], day: date, today: date) -> str:
    return "Overdue" if day < today else names.get(day.replace(day=1), "Later")

"""What figures are made of, line by line: the journal's lines, shares of charges, appointments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import may
from kinbook.invoices.models import Invoice
from kinbook.ledger.sums import entries_of, lines_between
from kinbook.reports.queries.income import EARNED, clinicians, parties, services
from kinbook.reports.queries.income import clients as clients_by_id
from kinbook.reports.queries.reach import narrowed, of_money, of_sessions, received
from kinbook.reports.queries.received import CREDITED, GIVEN_UP
from kinbook.reports.queries.sessions import locations, visits_between
from kinbook.reports.queries.values import Column, Kind, Report, Row, amounts
from kinbook.rules.posting import Account
from kinbook.scheduling.models import Status
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db.models import QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 2000
Make: TypeAlias = "Callable[[QuerySet[Any]], list[tuple[date, UUID, Row]]]"
CASH = "cash"
ACCOUNTS = {
    "income": "Income",
    "cash": "Money received",
    "given_up": "Given up",
}
"""What of the journal is listed, as an address names it."""


def lines(viewer: Viewer, asked: Asked) -> Report:
    """Return the journal's lines behind a figure, newest first; what earned or gave up counts as it adds to that."""
    found, more = _walked(_lines_of(viewer, asked), asked, _journal_rows)
    return Report(
        columns=[
            *(Column("day", "Day", Kind.DAY), Column("event", "What"), Column("client", "Client")),
            *(Column("payer", "Payer"), Column("service", "Service"), Column("clinician", "Clinician")),
            *(Column("invoice", "Invoice"), *amounts(amount="Amount"), Column("note", "Note"), Column("by", "By")),
        ],
        rows=found,
        more=more,
        note=ACCOUNTS.get(asked.account, ACCOUNTS["income"]),
    )


def _lines_of(viewer: Viewer, asked: Asked) -> list[QuerySet[Any]]:
    """Return the lines asked for, those of each account by themselves."""
    if asked.account == CASH:
        cash = narrowed(lines_between([Account.CASH], asked.since, asked.through), asked)
        rows = received(viewer, cash)
        return [rows.filter(method=asked.method) if asked.method else rows]
    seen = of_money(viewer) & of_sessions(viewer)
    accounts = GIVEN_UP if asked.account == "given_up" else EARNED
    parts = [lines_between([account], asked.since, asked.through) for account in accounts]
    if asked.account == "given_up":
        notes = lines_between((Account.INCOME, Account.TAX), asked.since, asked.through)
        parts.append(notes.filter(entry_id__in=entries_of(CREDITED, asked.since, asked.through)))
    return [narrowed(rows, asked).filter(seen) for rows in parts]


JOURNAL = (
    *("pk", "on_date", "entry__event", "entry__note", "entry__posted_by", "account", "cents", "client_id"),
    *("service__name", "clinician_id", "invoice_id", "entry__payment_id", "payer_id"),
)


def _journal_rows(rows: QuerySet[Any]) -> list[tuple[date, UUID, Row]]:
    found = list(rows.values_list(*JOURNAL))
    payers = parties([each[-1] for each in found])
    clients = clients_by_id([each[7] for each in found if each[7]])
    held = clinicians([each[9] for each in found if each[9]])
    names = dict(Invoice.objects.filter(pk__in=[each[10] for each in found if each[10]]).values_list("pk", "name"))
    made = []
    for pk, day, event, note, by, account, cents, client, service, clinician, invoice, payment, paid_by in found:
        payer = payers[paid_by]
        told = (_name(clients.get(client)), payer.name, service or "", _name(held.get(clinician)))
        amount = -cents if account in {Account.INCOME, Account.TAX} else cents
        amount = -amount if account == Account.DISCOUNT else amount
        place = ("invoices:invoice", invoice) if invoice else ("payments:payment", payment) if payment else None
        cells = (day, event.capitalize(), *told, names.get(invoice, ""), amount, note, by)
        made.append((day, pk, Row(cells, id=pk, place=place, party=payer)))
    return made


def _name(thing: Any) -> str:
    return "" if thing is None else str(getattr(thing, "name", thing))


def shares(viewer: Viewer, asked: Asked) -> Report:
    """Return the shares of charges by date: whose, of how much, why; newest first."""
    rows = Share.objects.filter(of_money(viewer), billable=True, on_date__range=(asked.since, asked.through))
    if asked.client:
        rows = rows.filter(client_id=asked.client)
    if asked.payer:
        rows = rows.filter(payer_id=asked.payer)
    found, more = _walked([rows], asked, _share_rows)
    return Report(
        columns=[
            *(Column("day", "Day", Kind.DAY), Column("client", "Client"), Column("what", "What")),
            *(Column("payer", "Payer"), *amounts(charge="Whole charge", amount="Share")),
            *(Column("invoice", "Invoice"), Column("reason", "Why")),
        ],
        rows=found,
        more=more,
    )


def _share_rows(rows: QuerySet[Any]) -> list[tuple[date, UUID, Row]]:
    columns = ("pk", "on_date", "client_id", "charge__description", "charge__cents", "cents", "reason")
    found = list(rows.values_list(*columns, "invoice_id", "invoice_name", "payer_id"))
    payers = parties([each[-1] for each in found])
    clients = clients_by_id([each[2] for each in found])
    made = []
    for pk, day, client, what, charge, cents, reason, invoice, name, paid_by in found:
        payer = payers[paid_by]
        place = ("invoices:invoice", invoice) if invoice else ("overview:client_billing", client)
        cells = (day, _name(clients.get(client)), what, payer.name, charge, cents, name or "Not invoiced", reason)
        made.append((day, pk, Row(cells, id=pk, place=place, party=payer)))
    return made


def visits(viewer: Viewer, asked: Asked) -> Report:
    """Return appointments by date, newest first; their fees where amounts are told."""
    money = may(viewer, Action.AMOUNTS_SEE)

    def made(rows: QuerySet[Any]) -> list[tuple[date, UUID, Row]]:
        return _visit_rows(rows, money=money)

    found, more = _walked([visits_between(viewer, asked)], asked, made)
    return Report(
        columns=[
            *(Column("day", "Day", Kind.DAY), Column("client", "Client"), Column("clinician", "Clinician")),
            *(Column("service", "Service"), Column("location", "Location"), Column("status", "Status")),
            *(amounts(fee="Fee") if money else ()),
        ],
        rows=found,
        more=more,
    )


def _visit_rows(rows: QuerySet[Any], *, money: bool) -> list[tuple[date, UUID, Row]]:
    columns = ("pk", "on_date", "client_id", "clinician_id", "service_id", "location_id", "status", "fee_cents")
    found = list(rows.values_list(*columns))
    clients = clients_by_id([each[2] for each in found])
    held, given = clinicians([each[3] for each in found]), services([each[4] for each in found])
    rooms = locations([each[5] for each in found if each[5]])
    made = []
    for pk, day, client, clinician, service, location, status, fee in found:
        told = (_name(clients.get(client)), _name(held.get(clinician)), _name(given.get(service)))
        cells = (day, *told, _name(rooms.get(location)), str(Status(status).label), *((fee,) if money else ()))
        made.append((day, pk, Row(cells, id=pk, place=("overview:client", client))))
    return made


def _walked(parts: Sequence[QuerySet[Any]], asked: Asked, make: Make) -> tuple[Any, str]:
    """Return a page of rows, newest first, and where the next begins; or all of them, some thousands at a time.

    Each part is in one index's order, so that a page is found without sorting all there is.
    """
    if asked.limit is None:
        return _everything(parts, make), ""
    found = _latest(parts, asked.after, asked.limit + 1)
    shown = found[: asked.limit]
    more = f"{shown[-1][0]}~{shown[-1][1]}" if len(found) > asked.limit else ""
    return _made(parts, shown, make), more


def _everything(parts: Sequence[QuerySet[Any]], make: Make) -> Iterator[Row]:
    place = ""
    while True:
        found = _latest(parts, place, AT_ONCE)
        yield from _made(parts, found, make)
        if len(found) < AT_ONCE:
            return
        place = f"{found[-1][0]}~{found[-1][1]}"


def _latest(parts: Sequence[QuerySet[Any]], place: str, count: int) -> list[tuple[date, UUID]]:
    pages = [_after(rows, place).values_list("on_date", "pk")[:count] for rows in parts]
    found = pages[0].union(*pages[1:], all=True) if len(pages) > 1 else pages[0]
    return sorted(found, reverse=True)[:count]


def _made(parts: Sequence[QuerySet[Any]], places: Sequence[tuple[date, UUID]], make: Make) -> list[Row]:
    rows = parts[0].model._default_manager.filter(pk__in=[key for _, key in places])
    made = {key: row for _, key, row in make(rows)}
    return [made[key] for _, key in places]


def _after(rows: QuerySet[Any], place: str) -> QuerySet[Any]:
    day, _, key = place.partition("~")
    try:
        last_day, last = date.fromisoformat(day), UUID(key)
    except ValueError:
        return rows.order_by("-on_date", "-pk")
    rows = rows.filter(Q(on_date__lt=last_day) | Q(on_date=last_day, pk__lt=last), on_date__lte=last_day)
    return rows.order_by("-on_date", "-pk")

"""A client's Overview: what happened and what comes, the money per payer, the people, what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, Sum

from kinbook.ledger.balances import due_by_payer
from kinbook.overview.queries.timeline import (
    Bill,
    Block,
    Happening,
    billed,
    invoices_of,
    met,
    paid,
    strip,
)
from kinbook.people.models import Client, Contact, Partner, Party
from kinbook.people.queries.marks import mark, party_of
from kinbook.rules.reading import read_rule
from kinbook.rules.spoken import spoken_rule
from kinbook.whopays.models import Share
from kinbook.whopays.queries.contacts import ContactRow, rows_of
from kinbook.whopays.queries.coverages import CoverageRow, coverages_of, in_force
from kinbook.whopays.queries.payers import arrangement_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from kinbook.people.queries.shown import ClientHead
    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Arrangement

SHOWN = 30
AHEAD = 6
UNPAID_TOO_LONG = 30
GROWN = 18
SOON = 90


@dataclass(frozen=True, slots=True)
class PayerMoney:
    """What one payer owes for the client, and what waits to be invoiced to them, in cents."""

    party: Party
    relation: str
    due_cents: int
    unpaid: int
    overdue_days: int
    waiting_cents: int
    credit_cents: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to know before anything else, and where it is mended."""

    icon: str
    words: str
    url_name: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows."""

    coming: list[Happening]
    past: list[Happening]
    money: list[PayerMoney]
    contacts: list[ContactRow]
    alerts: list[Alert]
    rule: str
    rule_since: date | None
    strip: list[Block]
    coverages: list[CoverageRow]


def client_overview(viewer: Viewer, head: ClientHead) -> Overview:
    """Return a client's Overview in nine queries; amounts only where the viewer may see them."""
    client, sees_money = head.client, head.may_see_money
    arrangement = arrangement_on(client.pk, viewer.today)
    payers = [UUID(payer) for payer in read_rule(arrangement.rule).method.payers] if arrangement else []
    contacts = rows_of(client, viewer.today, payers)
    appointments = met(viewer, client, with_money=sees_money)
    invoices = invoices_of(client) if sees_money else []
    behind = [each for each in appointments if each.at <= viewer.now]
    if sees_money:
        behind += [billed(each, viewer.today) for each in invoices] + paid(client)
    behind.sort(key=lambda each: each.at, reverse=True)
    money = _money(viewer, client, contacts, invoices, payers) if sees_money else []
    coverages = in_force(coverages_of(viewer, client)) if sees_money else []
    return Overview(
        coming=[each for each in reversed(appointments) if each.at > viewer.now][:AHEAD],
        past=behind[:SHOWN],
        money=money,
        contacts=[each for each in contacts if not each.has_ended],
        alerts=_alerts(viewer, client, money, appointments, coverages),
        rule=_rule(client, arrangement, contacts) if sees_money else "",
        rule_since=arrangement.starts_on if arrangement else None,
        strip=strip(viewer, appointments),
        coverages=coverages,
    )


def _rule(client: Client, row: Arrangement | None, contacts: Sequence[ContactRow]) -> str:
    if row is None:
        return ""
    names = {str(each.contact.party_id): each.party.short_name for each in contacts}
    names |= {str(each.party.pk): each.party.short_name for each in contacts}
    if client.party:
        names[str(client.party.pk)] = client.party.short_name
    return spoken_rule(read_rule(row.rule), names)


def _money(
    viewer: Viewer,
    client: Client,
    contacts: Sequence[ContactRow],
    invoices: Sequence[Bill],
    responsible: Sequence[UUID],
) -> list[PayerMoney]:
    """Return a row for everyone who pays, owes, or has credit: two queries."""
    due, credit = due_by_payer(client.pk, parties_around(client))
    shares = Share.objects.filter(client=client, invoice_id=None, billable=True)
    waiting = {
        row[0]: (party_of(row[1]), row[2])
        for row in shares.values_list("payer_id").annotate(mark=mark("payer_id"), cents=Sum("cents"))
    }
    roots = {each.contact.party_id: each.party for each in contacts}
    roots |= {each.invoice.payer_id: each.payer for each in invoices}
    roots |= {key: party for key, (party, _) in waiting.items()}
    own = [client.party] if client.party else [each.party for each in client.partners.select_related("party")]
    roots |= {party.pk: party for party in own}
    relations = {each.party.pk: each.relation for each in contacts} | {party.pk: "client" for party in own}
    sums: dict[UUID, list[int]] = {roots[key].pk: [0, 0, 0] for key in responsible if key in roots}
    for place, amounts in enumerate((due, {key: cents for key, (_, cents) in waiting.items()}, credit)):
        for key, cents in amounts.items():
            if key in roots:
                sums.setdefault(roots[key].pk, [0, 0, 0])[place] += cents
    parties = {party.pk: party for party in roots.values()}
    return [
        _payer(viewer, parties[key], relations.get(key, ""), invoices, (due_, waits, has))
        for key, (due_, waits, has) in sums.items()
    ]


def parties_around(client: Client) -> QuerySet[Any]:
    """Return the ids of everyone who may have paid for the client: contacts, partners, the client."""
    linked = Contact.objects.filter(client=client).values("party_id")
    partners = Partner.objects.filter(client=client).values("party_id")
    return Party.objects.filter(Q(pk__in=linked) | Q(pk__in=partners) | Q(pk=client.party_id)).values("pk")


def _payer(
    viewer: Viewer, party: Party, relation: str, invoices: Sequence[Bill], sums: tuple[int, int, int]
) -> PayerMoney:
    due, waiting, credit = sums
    owed = (each.invoice for each in invoices if each.payer.pk == party.pk)
    unpaid = [each.due_on for each in owed if each.standing.due_cents > 0]
    overdue = (viewer.today - min(unpaid)).days if unpaid else 0
    return PayerMoney(party, relation, due, len(unpaid), max(0, overdue), waiting, credit)


def _alerts(
    viewer: Viewer,
    client: Client,
    money: Sequence[PayerMoney],
    appointments: Sequence[Happening],
    coverages: Sequence[CoverageRow],
) -> list[Alert]:
    alerts = []
    needing = sum(1 for each in appointments if each.needs)
    if needing:
        words = "1 charge needs a payer" if needing == 1 else f"{needing} charges need a payer"
        alerts.append(Alert("help", words, "whopays:who_pays", is_bad=True))
    alerts += [
        Alert(
            "clock",
            f"{each.party.short_name}: unpaid for {each.overdue_days} days",
            "overview:client_billing",
            is_bad=True,
        )
        for each in money
        if each.overdue_days >= UNPAID_TOO_LONG
    ]
    alerts += [
        Alert("tag", f"{each.organization.name}: {each.warning}", "whopays:who_pays", is_bad=each.is_used_up)
        for each in coverages
        if each.warning
    ]
    born = client.party.date_of_birth if client.party else None
    if client.is_minor and born:
        grown = eighteenth(born)
        if (grown - viewer.today).days <= SOON:
            verb = "Turned" if grown <= viewer.today else "Turns"
            alerts.append(Alert("user", f"{verb} 18 on {grown.day} {grown:%b %Y}", "people:edit_client"))
    return alerts


def eighteenth(born: date) -> date:
    """Return the day somebody turns 18; born on 29 February, the first of March."""
    try:
        return born.replace(year=born.year + GROWN)
    except ValueError:
        return date(born.year + GROWN, 3, 1)

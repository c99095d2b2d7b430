"""Who pays for one appointment and why, and who else could."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from kinbook.people.models import Partner
from kinbook.people.queries import links_of
from kinbook.rules.reading import read_rule
from kinbook.whopays.models import Charge, ChargeState, Override, Share, ShareSource
from kinbook.whopays.queries.payers import arrangement_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.people.models import Party
    from kinbook.scheduling.models import Appointment

USUAL = 3
"""So many payers stand as buttons where no arrangement names them; the others wait in a list."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody who pays, or could; `percent` is their part as it stands, 0 for who pays nothing.

    `reason` is what is said of this part alone, where the reason of the whole says the rest.
    """

    party: Party
    relation: str
    cents: int
    percent: int
    is_only: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WhoPays:
    """Who pays for an appointment: those the family agreed on, others who could, the reason, the live invoices.

    `covered` is what third parties take first, by name in cents; `is_own` tells of a payer set for this one alone.
    """

    usual: tuple[Payer, ...] = ()
    others: tuple[Payer, ...] = ()
    covered: tuple[tuple[str, int], ...] = ()
    is_split: bool = False
    reason: str = ""
    needs: str = ""
    note: str = ""
    is_own: bool = False
    is_billable: bool = False
    is_charged: bool = False
    cents: int = 0
    discount_cents: int = 0
    discounted_as: str = ""
    invoices: tuple[tuple[UUID, str], ...] = ()

    @property
    def fee_cents(self) -> int:
        """The fee before the discount."""
        return self.cents + self.discount_cents

    @property
    def paying(self) -> tuple[Payer, ...]:
        """Those with a part of it."""
        return tuple(each for each in (*self.usual, *self.others) if each.cents)

    @property
    def splittable(self) -> tuple[Payer, ...]:
        """Those a split is offered between: the usual ones, and whoever pays already."""
        return (*self.usual, *(each for each in self.others if each.cents))


NOBODY = WhoPays()


def who_pays(appointment: Any) -> WhoPays:
    """Return who pays for an appointment, from its charge, shares and the client's contacts; five queries at most."""
    own = Override.objects.filter(charge_id=OuterRef("pk"))
    found = Charge.objects.filter(pk=appointment.pk)
    charge: Any = found.annotate(own_rule=Subquery(own.values("rule")), own_note=Subquery(own.values("note"))).first()
    if charge is None:
        return NOBODY
    shares = list(Share.objects.filter(charge=charge).select_related("payer__merged_into").order_by("position"))
    covers = [each for each in shares if each.source == ShareSource.COVERAGE]
    held = _held(each for each in shares if each.source != ShareSource.COVERAGE)
    options = _options(appointment, held)
    usual = _usual(appointment, options, charge.own_rule, held)
    reason, own_reasons = _reasons(charge, shares)
    payers = [_payer(party, relation, held, own_reasons.get(party.pk, "")) for party, relation in options]
    return WhoPays(
        usual=tuple(each for each in payers if each.party.pk in usual),
        others=tuple(each for each in payers if each.party.pk not in usual),
        covered=tuple((each.payer.name, each.cents) for each in covers),
        is_split=len(held) > 1,
        reason=reason,
        needs=charge.needs,
        note=charge.own_note or "",
        is_own=charge.own_rule is not None,
        is_billable=charge.state == ChargeState.BILLABLE and not charge.needs and bool(shares),
        is_charged=charge.state != ChargeState.IDLE,
        cents=charge.cents,
        discount_cents=charge.discount_cents,
        discounted_as=charge.discounted_as,
        invoices=tuple({each.invoice_id: each.invoice_name for each in shares if each.invoice_id}.items()),
    )


def _held(shares: Iterable[Share]) -> dict[UUID, int]:
    """Return the cents by payer, a merged one under who stands for both."""
    held: dict[UUID, int] = {}
    for share in shares:
        payer = share.payer.merged_into_id or share.payer_id
        held[payer] = held.get(payer, 0) + share.cents
    return held


def _options(appointment: Any, held: dict[UUID, int]) -> list[tuple[Party, str]]:
    """Return who could pay on the day, contacts first for a minor; ended ones only where they pay already."""
    client = appointment.client
    partners = Partner.objects.filter(client=client).select_related("party").order_by("position")
    own = [(party, "client") for party in ([client.party] if client.party else [each.party for each in partners])]
    links = links_of([client.pk]).get(client.pk, [])
    contacts = [(link.party, str(link.contact.get_relationship_display()).lower()) for link in links]
    ended = {link.party.pk for link in links if link.contact.until and link.contact.until <= appointment.on_date}
    order = [*contacts, *own] if client.is_minor else [*own, *contacts]
    found = {party.pk: (party, relation) for party, relation in reversed(order)}
    return [
        (party, relation)
        for party, relation in dict.fromkeys(found[party.pk] for party, _ in order)
        if party.pk in held or (party.pk not in ended and _is_fit(appointment, party, relation))
    ]


def _is_fit(appointment: Any, party: Party, relation: str) -> bool:
    """What is confidential to the client is nothing for a guardian, unless the practice charges them for it."""
    guarded = appointment.confidential and not appointment.guardians_pay
    return not guarded or relation == "client" or party.is_organization


def _usual(
    appointment: Appointment, options: list[tuple[Party, str]], own_rule: Any, held: dict[UUID, int]
) -> set[UUID]:
    arrangement = arrangement_on(appointment.client_id, appointment.on_date)
    named = set(held)
    for rule in (arrangement.rule if arrangement else None, own_rule):
        if rule:
            named |= {UUID(payer) for payer in read_rule(rule).method.payers}
    possible = [party.pk for party, relation in options if relation != "client" or not appointment.client.is_minor]
    if not named & set(possible):
        named |= set(possible[:USUAL])
    return named


def _payer(party: Party, relation: str, held: dict[UUID, int], reason: str) -> Payer:
    total, cents = sum(held.values()), held.get(party.pk, 0)
    percent = (200 * cents + total) // (2 * total) if total else 0
    return Payer(party, relation, cents, percent, is_only=bool(cents) and len(held) == 1, reason=reason)


def _reasons(charge: Charge, shares: list[Share]) -> tuple[str, dict[UUID, str]]:
    """Return the reason of the whole, and by payer what is particular: "Split 60/40" and "60% of 120.00"."""
    told = list(dict.fromkeys(each.reason for each in shares))
    heads = {each.partition(": ")[0] for each in told}
    if charge.needs or len(told) < 2 or len(heads) > 1:
        return charge.needs or "; ".join(told) or charge.explanation, {}
    own = {each.payer.merged_into_id or each.payer_id: each.reason.partition(": ")[2] for each in shares}
    return heads.pop(), own

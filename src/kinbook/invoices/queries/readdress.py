"""What a re-address would do: the same for the preview and for the deed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kinbook.invoices.queries.lowering import lowered_before
from kinbook.rules.arrangement import Rule, Single
from kinbook.rules.books import Page
from kinbook.rules.decide import Undecided, decide
from kinbook.rules.facts import Source
from kinbook.rules.readdress import readdressed_share, refuse_gone, refuse_guardians
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.models import Charge, Share
from kinbook.whopays.queries.facts import facts_of, load_rows, share_of

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.invoices.models import Invoice
    from kinbook.rules import facts
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Given:
    """One charge of an invoice: the shares it stood for, and those that take their place."""

    charge: Charge
    old: list[Share]
    new: list[facts.Share]
    decided_anew: bool = False


def plan_readdress(viewer: Viewer, invoice: Invoice, rule: Rule | None, why: str) -> list[Given]:
    """Return what becomes of every charge on the invoice; raises Invalid or Conflict where it cannot be."""
    by_charge: dict[UUID, list[Share]] = defaultdict(list)
    shares = Share.objects.filter(invoice_id=invoice.pk).select_related("payer")
    credited = {charge_id: cents for (_, charge_id), cents in lowered_before(invoice_id=invoice.pk).items()}
    for share in shares.order_by("charge_id", "position"):
        # the void takes credit notes back; a fee that was lowered stays so
        off = min(share.cents, credited.get(share.charge_id, 0))
        credited[share.charge_id] = credited.get(share.charge_id, 0) - off
        share.cents -= off
        if share.cents:
            by_charge[share.charge_id].append(share)
    if not by_charge:
        raise Conflict(f"{invoice.name} is void. Nothing was changed: recreate it instead.")
    charges = Charge.objects.in_bulk(by_charge)
    known = _facts(viewer, {charge.client_id for charge in charges.values()})
    if rule is None:
        return _by_arrangement(viewer, charges, by_charge, known, why)
    page = Page()
    return [
        _by_rule(viewer, charges[charge_id], by_charge[charge_id], rule, known[charges[charge_id].client_id], page, why)
        for charge_id in sorted(by_charge, key=lambda each: (charges[each].moment, each))
    ]


def _facts(viewer: Viewer, client_ids: set[UUID]) -> dict[UUID, facts.Facts]:
    rows = load_rows(sorted(client_ids))
    practice = Practice.objects.get(pk=viewer.practice_id)
    return {client_id: facts_of(client_id, rows, practice) for client_id in client_ids}


def _by_rule(
    viewer: Viewer, charge: Charge, old: list[Share], rule: Rule, known: facts.Facts, page: Page, why: str
) -> Given:
    value = next(each for each in known.charges if each.id == str(charge.pk))
    payers = known.payers
    if not set(rule.payers) <= set(payers):
        raise Invalid(payer_id="A payer is the client, a partner, or a contact of the client: add the contact first.")
    try:
        new = [
            share
            for each in old
            for share in readdressed_share(_root(each), rule, value, payers, page, by=viewer.name, why=why)
        ]
        refuse_gone(value, new, payers)
        refuse_guardians(value, new, payers, allowed=known.guardians_pay_confidential)
    except Undecided as refused:
        raise Invalid(rule=str(refused)) from None
    return Given(charge, old, new)


def _root(share: Share) -> facts.Share:
    merged = share.payer.merged_into_id or share.payer_id
    return replace(share_of(share), payer=str(merged))


def _by_arrangement(
    viewer: Viewer,
    charges: dict[UUID, Charge],
    by_charge: dict[UUID, list[Share]],
    known: dict[UUID, facts.Facts],
    why: str,
) -> list[Given]:
    """Decide the invoice's charges anew together; one whose other share is somebody's already gives only its own."""
    decisions = {}
    for each in known.values():
        unfixed = tuple(
            replace(charge, fixed=None) if _is_among(charge.id, by_charge) else charge for charge in each.charges
        )
        decisions.update({decision.charge: decision for decision in decide(replace(each, charges=unfixed))})
    plan = []
    for charge_id, old in by_charge.items():
        decision = decisions[str(charge_id)]
        if not decision.shares:
            raise Conflict(f"Nobody can be billed: {decision.needs}. Nothing was changed.")
        others = Share.objects.filter(charge_id=charge_id).exclude(pk__in=[share.pk for share in old])
        elsewhere = {_root(share).payer for share in others.select_related("payer")}
        if not elsewhere:
            plan.append(Given(charges[charge_id], old, list(decision.shares), decided_anew=True))
            continue
        single = Rule(Single(_owed_by(decision, elsewhere)))
        client = known[charges[charge_id].client_id]
        plan.append(_by_rule(viewer, charges[charge_id], old, single, client, Page(), why))
    return plan


def _owed_by(decision: facts.Decision, elsewhere: set[str]) -> str:
    """Return who owes one share of a charge now, while its others are with those `elsewhere`, invoiced or waiting."""
    left = {share.payer for share in decision.shares} - elsewhere
    family = {share.payer for share in decision.shares if share.source is not Source.COVERAGE}
    for payers in (left, family):
        if len(payers) == 1:
            return payers.pop()
    raise Conflict(
        "Several pay under the arrangement, and another share is somebody's already. Nothing was changed: "
        "choose a payer, or delete both invoices and recreate one."
    )


def _is_among(charge: str, by_charge: dict[UUID, list[Share]]) -> bool:
    return any(str(each) == charge for each in by_charge)

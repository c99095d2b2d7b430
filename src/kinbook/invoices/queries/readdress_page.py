"""The re-address page: papers before and after, balances now and then, and the words each payer reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.invoices.queries.readdress import plan_readdress
from kinbook.ledger.balances import payer_standing
from kinbook.people.models import Party
from kinbook.people.queries import same_person
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from datetime import date

    from kinbook.invoices.queries.invoice import InvoicePage
    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of the invoice to be, in cents."""

    on_date: date
    description: str
    client_name: str
    cents: int
    payer_reason: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice to be."""

    payer: Party
    lines: list[PaperLine]
    due_on: date

    @property
    def cents(self) -> int:
        """What it comes to."""
        return sum(line.cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Balance:
    """A payer's due and credit, now and after, in cents."""

    party: Party
    due: int
    due_after: int
    credit: int
    credit_after: int


@dataclass(frozen=True, slots=True)
class ReaddressPreview:
    """What the step would do; `owed` in all less credit does not move."""

    papers: list[Paper]
    balances: list[Balance]
    owed: int
    owed_after: int


def readdress_preview(viewer: Viewer, page: InvoicePage, rule: Rule | None) -> ReaddressPreview:
    """Return what giving the invoice to the rule's payers (None: to the arrangement) would do."""
    invoice = page.invoice
    plan = plan_readdress(viewer, invoice, rule, why="…")
    parties = Party.objects.in_bulk({UUID(share.payer) for each in plan for share in each.new})
    if set(parties) == {page.payer.pk}:
        raise Conflict(f"{invoice.name} is addressed to this payer already.")
    names = {line.charge_id: line for line in page.lines}
    lines: dict[UUID, list[PaperLine]] = {}
    for each in plan:
        told = names[each.charge.pk]
        for share in each.new:
            lines.setdefault(UUID(share.payer), []).append(
                PaperLine(told.on_date, told.description, told.client_name, share.cents, share.payer_reason)
            )
    due_on = viewer.today + timedelta(days=page.practice.terms_days)
    papers = [
        Paper(parties[payer], sorted(several, key=lambda line: line.on_date), due_on)
        for payer, several in lines.items()
    ]
    balances = _balances(page, papers)
    return ReaddressPreview(
        papers,
        balances,
        owed=sum(each.due - each.credit for each in balances),
        owed_after=sum(each.due_after - each.credit_after for each in balances),
    )


def _balances(page: InvoicePage, papers: list[Paper]) -> list[Balance]:
    """What is due moves with the shares; what was paid stays its payer's credit; what was written off is due again."""
    old = page.payer
    parties = {old.pk: old} | {paper.payer.pk: paper.payer for paper in papers}
    found = []
    for key, party in parties.items():
        standing = payer_standing(same_person(key))
        gained = sum(paper.cents for paper in papers if paper.payer.pk == key)
        lost = page.due_cents if key == old.pk else 0
        freed = page.paid_cents if key == old.pk else 0
        found.append(
            Balance(
                party,
                standing.due_cents,
                standing.due_cents - lost + gained,
                standing.credit_cents,
                standing.credit_cents + freed,
            )
        )
    return found

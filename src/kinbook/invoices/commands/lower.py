"""A fee lowered after it was invoiced: a credit note to each payer of it, and what they paid too much is credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.invoices.commands.credit import credit_lines
from kinbook.invoices.commands.settle import lock_invoices, standing_allocations, undo_allocations, undo_part
from kinbook.invoices.models import CreditKind
from kinbook.invoices.queries.lowering import plan_lowering
from kinbook.invoices.queries.open_lines import open_lines
from kinbook.ledger.balances import due_on_invoices
from kinbook.rules.allocate import in_order
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.lowering import lower_waiting, note_lowered

if TYPE_CHECKING:
    from kinbook.invoices.models import CreditNote
    from kinbook.invoices.queries.lowering import Lowered
    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Charge


def lower_charge(viewer: Viewer, charge: Charge, by_cents: int, reason: str) -> list[CreditNote]:
    """Lower an invoiced charge by cents: the shares follow, each invoice gets its credit note. Part of a command.

    Raises Conflict where an invoice was lowered so far already that nothing is left to credit.
    """
    plan = plan_lowering(viewer, charge, by_cents)
    lock_invoices(each.invoice.pk for each in plan.invoices)
    made = [_credit(viewer, charge, each, reason) for each in plan.invoices]
    lower_waiting(plan.waiting)
    note_lowered(charge.pk, credited=sum(note.total_cents for note in made))
    return made


def _credit(viewer: Viewer, charge: Charge, each: Lowered, reason: str) -> CreditNote:
    _make_room(viewer, charge, each)
    due = due_on_invoices([each.invoice.pk]).get(each.invoice.pk, {})
    lines = open_lines(each.invoice, charge.pk, due)
    if sum(cents for _, cents in lines) < each.cents:
        raise Conflict(f"{each.invoice.name} was lowered or written off already: void and reissue it instead.")
    parts = in_order(each.cents, lines)
    return credit_lines(viewer, each.invoice, parts, reason, CreditKind.CREDIT_NOTE, lowers_fee=True)


def _make_room(viewer: Viewer, charge: Charge, each: Lowered) -> None:
    """Give back what was paid too much, the newest allocation first: it is the payer's credit."""
    rows = {str(row.pk): row for row in standing_allocations(invoice=each.invoice, client_id=charge.client_id)}
    for key, cents in in_order(each.paid_cents, ((key, row.cents) for key, row in rows.items())):
        if cents == rows[key].cents:
            undo_allocations(viewer, [rows[key]])
        else:
            undo_part(viewer, rows[key], cents)

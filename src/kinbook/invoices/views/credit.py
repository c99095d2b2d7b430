"""Credit notes and discounts: added on an invoice's page, and their paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.forms import CreditNoteForm
from kinbook.invoices.models import CreditKind
from kinbook.invoices.queries.credit import credit_note_page
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.queries.open_lines import open_cents
from kinbook.invoices.render import credit_note_pdf
from kinbook.ledger.periods import correction_note
from kinbook.papers.render import file_name
from kinbook.rules.money import part_of
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.web.page import beside_fields, done, part

if TYPE_CHECKING:
    from kinbook.invoices.queries.invoice import InvoicePage
    from kinbook.web.request import Request


def credit(request: Request, invoice_id: UUID) -> HttpResponse:
    """Lower an invoice by a credit note or a discount."""
    shown = invoice_page(request.viewer, invoice_id)
    if shown.other_cents:
        raise Forbidden
    for client_id in shown.clients:
        require(request.viewer, Action.WRITE_OFF, client_id)
    charges = [(str(line.charge_id), f"{line.description}, {line.on_date:%-d %b}") for line in shown.lines]
    form = CreditNoteForm(request.POST or None, charges=charges, initial={"kind": CreditKind.CREDIT_NOTE})
    if request.method == "POST" and form.is_valid():
        try:
            return _credited(request, shown, form)
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    context = {"invoice": shown.invoice, "shown": shown, "form": form}
    context["correction"] = correction_note(request.viewer, shown.invoice.issued_on)
    return part(request, "invoices/credit.html", status=422 if form.errors else 200, **context)


def _credited(request: Request, shown: InvoicePage, form: CreditNoteForm) -> HttpResponse:
    values = form.cleaned_data
    charge_id = UUID(values["charge"]) if values["charge"] else None
    cents = values["cents"]
    if cents is None:
        cents = part_of(open_cents(shown.invoice, charge_id), int(values["percent"] * 100))
    made = add_credit_note(
        request.viewer,
        invoice=shown.invoice,
        charge_id=charge_id,
        cents=cents,
        reason=values["reason"],
        kind=values["kind"],
    )
    url = reverse("invoices:invoice", args=[shown.invoice.pk])
    return done(request, url, f"{made.get_kind_display()} {made.name} issued.")


def credit_pdf(request: Request, credit_note_id: UUID) -> HttpResponse:
    """The paper of a credit note; needs all of its clients."""
    shown = credit_note_page(request.viewer, credit_note_id)
    if shown.other_cents:
        raise Forbidden
    client_id = next((line.client_id for line in shown.lines), None)
    record(request.viewer, "credit_note.downloaded", shown.note, client_id=client_id)
    response = HttpResponse(credit_note_pdf(shown), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(shown.note.name)}"'
    return response

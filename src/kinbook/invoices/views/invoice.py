"""One invoice: its page and paper; sent, deleted, recreated, written off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import Rights, require
from kinbook.audit.record import record
from kinbook.invoices.commands.send import address_for_money, send_invoice
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import undo_write_off, write_off
from kinbook.invoices.forms import SendForm, VoidInvoiceForm, WriteOffForm
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.queries.listing import invoice_list
from kinbook.invoices.render import invoice_pdf
from kinbook.ledger.periods import correction_note
from kinbook.papers.render import file_name
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.web.page import beside_fields, done, page, part

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.web.request import Request


STATUSES = ("issued", "partly_paid", "paid", "overdue", "void")


def invoices(request: Request) -> HttpResponse:
    """The invoices, newest first, by status."""
    require(request.viewer, Action.AMOUNTS_SEE)
    asked = request.GET.get("status", "")
    status = asked if asked in STATUSES else ""
    rows, more = invoice_list(request.viewer, status=status, after=request.GET.get("after", ""))
    record(request.viewer, "invoices.listed", count=len(rows), status=status)
    return page(request, "invoices/invoices.html", rows=rows, next=more, status_shown=status)


def invoice_for(request: Request, invoice_id: UUID) -> Invoice:
    """Return an invoice the viewer may see."""
    found = (
        Invoice.objects.visible_to(request.viewer).with_state().select_related("payer").filter(pk=invoice_id).first()
    )
    if found is None:
        raise Unknown
    return found


def invoice(request: Request, invoice_id: UUID) -> HttpResponse:
    """The page."""
    shown = invoice_page(request.viewer, invoice_id)
    record(
        request.viewer,
        "invoice.viewed",
        shown.invoice,
        client_id=next(iter(shown.clients), None),
        number=shown.invoice.name,
    )
    rights = [Rights(request.viewer, client_id) for client_id in shown.clients]

    def allowed(action: Action) -> bool:
        return not shown.other_cents and all(each.may(action) for each in rights)

    return page(
        request,
        "invoices/invoice.html",
        shown=shown,
        invoice=shown.invoice,
        may_send=allowed(Action.INVOICE_SEND),
        may_void=allowed(Action.INVOICE_VOID),
        may_readdress=allowed(Action.INVOICE_READDRESS),
        may_pay=allowed(Action.PAYMENT_ADD),
        may_write_off=allowed(Action.WRITE_OFF),
        today=request.viewer.today,
    )


def pdf(request: Request, invoice_id: UUID) -> HttpResponse:
    """The paper; needs all of the invoice's clients."""
    shown = invoice_page(request.viewer, invoice_id)
    if shown.other_cents:
        raise Forbidden
    record(request.viewer, "invoice.downloaded", shown.invoice, client_id=next(iter(shown.clients), None))
    response = HttpResponse(invoice_pdf(shown), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(shown.invoice.name)}"'
    return response


def send(request: Request, invoice_id: UUID) -> HttpResponse:
    """Send it to its payer by mail."""
    found = invoice_for(request, invoice_id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delivery = send_invoice(request.viewer, invoice=found, message=form.cleaned_data["message"])
            return done(request, _url(found), f"On its way to {delivery.letter.to}.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(
        request,
        "invoices/send.html",
        invoice=found,
        form=form,
        address=address_for_money(found.payer),
        status=422 if form.errors else 200,
    )


def _url(found: Invoice) -> str:
    return reverse("invoices:invoice", args=[found.pk])


def void(request: Request, invoice_id: UUID) -> HttpResponse:
    """Delete: a void with a reason, and what it brings about."""
    found = invoice_for(request, invoice_id)
    form = VoidInvoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_invoice(request.viewer, invoice=found, reason=form.cleaned_data["reason"])
            return done(
                request, _url(found), f"{found.name} is void. Recreate it, or leave its charges to be invoiced later."
            )
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    shown = invoice_page(request.viewer, invoice_id)
    correction = correction_note(request.viewer, found.issued_on)
    context = {"invoice": found, "shown": shown, "form": form, "correction": correction}
    return part(request, "invoices/void.html", status=422 if form.errors else 200, **context)


@require_POST
def recreate(request: Request, invoice_id: UUID) -> HttpResponse:
    """Decide a deleted invoice's charges anew, and invoice them."""
    made = recreate_invoice(request.viewer, invoice=invoice_for(request, invoice_id))
    names = ", ".join(each.name for each in made)
    return done(request, _url(made[0]), f"Recreated as {names}, by who pays now.")


def give_up(request: Request, invoice_id: UUID) -> HttpResponse:
    """Write off what is due, or a part of it."""
    found = invoice_for(request, invoice_id)
    form = WriteOffForm(request.POST or None, initial={"cents": found.standing.due_cents})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            write_off(request.viewer, invoice=found, charge_id=None, cents=values["cents"], reason=values["reason"])
            return done(request, _url(found), "Written off. It can be undone on the invoice.")
        except Invalid as refused:
            beside_fields(form, refused)
    context = {"invoice": found, "form": form, "correction": correction_note(request.viewer, found.issued_on)}
    return part(request, "invoices/write_off.html", status=422 if form.errors else 200, **context)


@require_POST
def take_back(request: Request, invoice_id: UUID) -> HttpResponse:
    """Undo what was written off."""
    found = invoice_for(request, invoice_id)
    undo_write_off(request.viewer, invoice=found)
    return done(request, _url(found), "The write-off is undone: it is due again.")

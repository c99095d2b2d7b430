"""Screens of payments: added, listed, looked at, applied, taken back; and everything of one payer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import Settles, standing_allocations
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.mailing import reminders_of
from kinbook.invoices.queries.terms import pause_of, terms_of
from kinbook.ledger.periods import ClosedMonth, correction_note
from kinbook.payments.commands import apply_credit, receive_payment, refund_payment, reverse_payment
from kinbook.payments.forms import PaymentForm, RefundForm, ReversalForm
from kinbook.payments.models import BY_PROCESSOR
from kinbook.payments.queries.listing import payment_list
from kinbook.payments.queries.payer import payer_page
from kinbook.payments.queries.payment import open_invoices, payment_page, refund_preview
from kinbook.people.queries import client_for, party_for, same_person
from kinbook.rules.money import spoken
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.money import read_cents
from kinbook.web.page import beside_fields, came_from, done, page, part
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kinbook.payments.queries.payment import PaymentPage, RefundPreview
    from kinbook.people.models import Client, Party
    from kinbook.web.request import Request


def payments(request: Request) -> HttpResponse:
    """The payments, newest first."""
    require(request.viewer, Action.AMOUNTS_SEE)
    rows, more = payment_list(request.viewer, request.GET.get("after", ""))
    record(request.viewer, "payments.listed", count=len(rows))
    return page(request, "payments/payments.html", rows=rows, next=more)


def payment(request: Request, payment_id: UUID) -> HttpResponse:
    """One payment: what it settled, what is left."""
    shown = payment_page(request.viewer, payment_id)
    record(request.viewer, "payment.viewed", shown.row.payment, client_id=shown.row.payment.client_id)
    return page(
        request,
        "payments/payment.html",
        shown=shown,
        payment=shown.row.payment,
        may_reverse=may(request.viewer, Action.PAYMENT_REVERSE) and not shown.refunds,
        may_refund=may(request.viewer, Action.PAYMENT_REFUND) and _can_refund(shown),
        may_document=may(request.viewer, Action.DOCUMENT_MAKE),
    )


def _can_refund(shown: PaymentPage) -> bool:
    return shown.row.refundable_cents > 0 and shown.row.payment.method not in BY_PROCESSOR


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Unknown from None


def new(request: Request) -> HttpResponse:
    """Add payment: from whom, how much, and which invoices it settles."""
    data = request.POST if request.method == "POST" else request.GET
    about = _about(request, data)
    form = PaymentForm(
        _dated(request.POST) or None,
        initial={"received_on": request.viewer.today, "amount": about["proposed"] or None, "method": "check"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _receive(request, form, about)
        except Invalid as refused:
            _show(form, refused)
        except ClosedMonth as refused:
            form.add_error("received_on", refused.sentence)
            about["opens_on"] = refused.opens_on
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "payments/new.html", form=form, status=422 if form.errors else 200, **about)


def _dated(data: QueryDict) -> QueryDict:
    """Return what was entered, on the day proposed instead of one in a closed month where that was taken."""
    if "instead" not in data:
        return data
    taken = data.copy()
    taken["received_on"] = data.get("instead", "")
    return taken


def _about(request: Request, data: QueryDict) -> dict[str, Any]:
    """Return whose payment it may be: from an invoice, a payer, or a client's possible payers."""
    invoice_id, client_id, payer_id = (_id(data.get(name, "")) for name in ("invoice", "client", "payer"))
    invoice = (
        Invoice.objects.visible_to(request.viewer).with_state().filter(pk=invoice_id).first() if invoice_id else None
    )
    client: Client | None = client_for(request.viewer, client_id) if client_id else None
    require(request.viewer, Action.PAYMENT_ADD, client.pk if client else None)
    options: list[Party] = [option.party for option in payer_options(client)] if client else []
    chosen = invoice.payer_id if invoice else payer_id or (options[0].pk if options else None)
    if chosen and chosen not in {party.pk for party in options}:
        options = [party_for(request.viewer, chosen), *options]
    open_ones = open_invoices(request.viewer, same_person(chosen)) if chosen else []
    ticked = {str(invoice.pk)} if invoice else {str(each.pk) for each in open_ones}
    proposed = sum(each.standing.due_cents for each in open_ones if str(each.pk) in ticked)
    return {
        "client": client,
        "options": options,
        "chosen": chosen,
        "open_invoices": open_ones,
        "ticked": ticked,
        "proposed": proposed,
        "invoice": invoice,
    }


def _receive(request: Request, form: PaymentForm, about: dict[str, Any]) -> HttpResponse:
    values = form.cleaned_data
    if about["chosen"] is None:
        raise Invalid(payer="Choose who paid.")
    parts = _parts(request.POST, about["open_invoices"], values["amount"])
    made = receive_payment(
        request.viewer,
        payer_id=about["chosen"],
        cents=values["amount"],
        method=values["method"],
        received_on=values["received_on"],
        reference=values["reference"],
        client_id=about["client"].pk if about["client"] else None,
        parts=parts,
    )
    back = came_from(request, reverse("payments:payment", args=[made.pk]))
    over = sum(part.cents for part in parts) < values["amount"]
    return done(request, back, "Payment added. What no invoice took is credit." if over else "Payment added.")


def _parts(data: QueryDict, open_ones: list[Invoice], cents: int) -> list[Settles]:
    """Return what goes to which ticked invoice: as typed beside it, else as much as is due, oldest first."""
    parts = []
    left = cents
    for each in open_ones:
        if str(each.pk) not in data.getlist("settles"):
            continue
        typed = data.get(f"cents-{each.pk}", "").strip()
        try:
            part_cents = read_cents(typed) if typed else min(left, each.standing.due_cents)
        except ValueError:
            raise Invalid(amount=f"“{typed[:20]}” is not an amount.") from None
        if part_cents > 0:
            parts.append(Settles(each.pk, part_cents))
            left -= part_cents
    return parts


def _show(form: PaymentForm | RefundForm, refused: Invalid) -> None:
    renamed = {"amount_cents": "amount", "allocations": "amount", "cents": "amount"}
    beside_fields(form, Invalid(**{renamed.get(name, name): text for name, text in refused.problems.items()}))


def refund(request: Request, payment_id: UUID) -> HttpResponse:
    """Give back all or part of a payment; says before what will be due again."""
    shown = payment_page(request.viewer, payment_id)
    require(request.viewer, Action.PAYMENT_REFUND, shown.row.payment.client_id)
    form = RefundForm(request.POST or None, initial={"amount": shown.row.refundable_cents})
    if request.method == "POST" and form.is_valid():
        try:
            made = refund_payment(
                request.viewer,
                payment=shown.row.payment,
                cents=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
            )
            url = reverse("payments:payment", args=[payment_id])
            return done(request, url, f"Refunded. Hand back {spoken(made.cents)}.")
        except Invalid as refused:
            _show(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    told = _told(request, shown, request.POST.get("amount") or request.GET.get("amount", ""))
    if "amount" in request.GET:
        return part(request, "payments/_refund_does.html", told=told)
    context = {"shown": shown, "form": form, "told": told}
    context["correction"] = correction_note(request.viewer, shown.row.payment.received_on)
    return part(request, "payments/refund.html", status=422 if form.errors else 200, **context)


def _told(request: Request, shown: PaymentPage, amount: str) -> RefundPreview | None:
    """Return what a refund of the amount typed would do; nothing while it is no amount that can be."""
    try:
        cents = read_cents(amount) if amount else shown.row.refundable_cents
    except ValueError:
        return None
    if not 0 < cents <= shown.row.refundable_cents:
        return None
    settled = standing_allocations(payment=shown.row.payment)
    return refund_preview(request.viewer, shown.row, settled, cents)


def reverse_it(request: Request, payment_id: UUID) -> HttpResponse:
    """Take back a payment entered wrongly."""
    shown = payment_page(request.viewer, payment_id)
    require(request.viewer, Action.PAYMENT_REVERSE, shown.row.payment.client_id)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_payment(request.viewer, payment=shown.row.payment, reason=form.cleaned_data["reason"])
            url = reverse("payments:payment", args=[payment_id])
            return done(request, url, "Reversed: what it settled is due again.")
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    context = {"shown": shown, "form": form}
    context["correction"] = correction_note(request.viewer, shown.row.payment.received_on)
    return part(request, "payments/reverse.html", status=422 if form.errors else 200, **context)


def payer(request: Request, party_id: UUID) -> HttpResponse:
    """Everything of one payer: balance in all and per client, open invoices, payments, credit."""
    require(request.viewer, Action.AMOUNTS_SEE)
    shown = payer_page(request.viewer, party_id)
    record(request.viewer, "payer.viewed", shown.party)
    return page(
        request,
        "payments/payer.html",
        shown=shown,
        today=request.viewer.today,
        may_pay=may(request.viewer, Action.PAYMENT_ADD),
        may_document=may(request.viewer, Action.DOCUMENT_MAKE),
        terms=terms_of(shown.party.pk) if shown.party.is_organization else None,
        pause=pause_of(shown.party.pk, request.viewer.today),
        may_set=may(request.viewer, Action.BILLING_SETTINGS),
        may_send=may(request.viewer, Action.INVOICE_SEND),
        reminders=reminders_of(same_person(shown.party.pk)),
        is_late=any(each.due_on < request.viewer.today for each in shown.open_invoices),
    )


@require_POST
def apply(request: Request, party_id: UUID) -> HttpResponse:
    """Apply credit to an open invoice."""
    party = party_for(request.viewer, party_id)
    invoice_id = _id(request.POST.get("invoice", ""))
    if invoice_id is None:
        raise Unknown
    apply_credit(request.viewer, payer_id=party.pk, invoice_id=invoice_id)
    return done(request, reverse("payments:payer", args=[party.pk]), "Credit applied.")

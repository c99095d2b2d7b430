"""Invoices: listed, read, printed, sent, voided, recreated and given to another payer."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Id
from kinbook.api.invoice_shapes import InvoiceShown, Status, shown
from kinbook.api.invoicing import router
from kinbook.api.paging import Dated, Page, page_of
from kinbook.api.rule import RuleForm
from kinbook.audit.record import record
from kinbook.invoices.commands.readdress import readdress_invoice as readdress
from kinbook.invoices.commands.send import LONGEST_MESSAGE
from kinbook.invoices.commands.send import send_invoice as send
from kinbook.invoices.commands.void import LONGEST_REASON
from kinbook.invoices.commands.void import recreate_invoice as recreate
from kinbook.invoices.commands.void import void_invoice as void
from kinbook.invoices.models import Invoice, InvoiceLine
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import invoice_pdf
from kinbook.papers.render import file_name
from kinbook.people.queries import client_for, party_for, same_person
from kinbook.rules.arrangement import Rule, Single
from kinbook.tenancy.refused import Forbidden, Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.override import read_uncapped


class InvoicesAsked(Dated):
    """Which invoices are wanted; the dates are those of issue."""

    client_id: Id | None = None
    payer_id: Id | None = None
    status: Status | None = None
    overdue: bool | None = None
    run_id: Id | None = None


class ReasonBody(Body):
    """Why; it stays on record."""

    reason: str = Field(max_length=LONGEST_REASON)


class MessageBody(Body):
    """A few words that go with an invoice."""

    message: str | None = Field(None, max_length=LONGEST_MESSAGE)


class ReaddressBody(ReasonBody):
    """To whom: one payer, a rule, or with neither the arrangement as it stands now."""

    payer_id: Choice | None = None
    rule: RuleForm | None = None


class SentShown(BaseModel):
    """Where an invoice went."""

    invoice_id: UUID
    to: str
    channel: str
    sent_at: datetime


class ReaddressedShown(BaseModel):
    """The invoice that is void now, and those issued in its place."""

    voided: InvoiceShown
    issued: list[InvoiceShown]


class RecreatedShown(BaseModel):
    """The invoices issued in place of a voided one."""

    issued: list[InvoiceShown]


@router.get("/invoices", response=Page[InvoiceShown])
def list_invoices(request: Request, asked: Query[InvoicesAsked]) -> Page[InvoiceShown]:
    """Invoices, the highest number first; void ones too."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    rows = Invoice.objects.visible_to(viewer).with_state().filter(asked.dates("issued_on"))
    if asked.client_id:
        client = client_for(viewer, asked.client_id)
        rows = rows.filter(pk__in=InvoiceLine.objects.visible_to(viewer).filter(client=client).values("invoice_id"))
    if asked.payer_id:
        rows = rows.filter(payer_id__in=payer_ids(viewer, asked.payer_id))
    if asked.status:
        rows = rows.standing_as(asked.status, viewer.today)
    if asked.overdue is not None:
        late = Invoice.objects.standing_as("overdue", viewer.today)
        rows = rows.filter(pk__in=late.values("pk")) if asked.overdue else rows.exclude(pk__in=late.values("pk"))
    if asked.run_id:
        rows = rows.filter(run_id=asked.run_id)
    found, more = page_of(rows, asked, "-number")
    record(viewer, "invoices.listed", client_id=asked.client_id, count=len(found), status=asked.status or "")
    return Page[InvoiceShown](items=shown(viewer, found), next=more)


def payer_ids(viewer: Viewer, payer_id: UUID) -> list[UUID]:
    """Return every id that stands for a payer the viewer may see."""
    party = party_for(viewer, payer_id)
    return same_person(party.merged_into_id or party.pk)


@router.get("/invoices/{invoice_id}.pdf")
def read_paper(request: Request, invoice_id: Id) -> HttpResponse:
    """The paper, as its payer gets it; needs the right to all of its clients."""
    page = invoice_page(request.viewer, invoice_id)
    if page.other_cents:
        raise Forbidden
    record(request.viewer, "invoice.downloaded", page.invoice, client_id=next(iter(page.clients), None))
    response = HttpResponse(invoice_pdf(page), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(page.invoice.name)}"'
    return response


@router.get("/invoices/{invoice_id}", response=InvoiceShown)
def read_invoice(request: Request, invoice_id: Id) -> InvoiceShown:
    """One invoice with its lines."""
    viewer = request.viewer
    found = shown(viewer, [invoice_for(viewer, invoice_id)])[0]
    client_id = found.lines[0].client_id if found.lines else None
    record(viewer, "invoice.viewed", client_id=client_id, invoice=str(invoice_id), number=found.name)
    return found


def invoice_for(viewer: Viewer, invoice_id: UUID) -> Invoice:
    """Return an invoice the viewer may see; unknown and hidden look alike."""
    found = Invoice.objects.visible_to(viewer).with_state().filter(pk=invoice_id).first()
    if found is None:
        raise Unknown
    return found


@router.post("/invoices/{invoice_id}/void", response=InvoiceShown)
def void_invoice(request: Request, invoice_id: Id, body: ReasonBody) -> InvoiceShown:
    """Void an invoice: its number stays, its shares wait to be invoiced again, what was paid is its payer's credit."""
    voided = void(request.viewer, invoice=invoice_for(request.viewer, invoice_id), reason=body.reason)
    return shown(request.viewer, [voided])[0]


@router.post("/invoices/{invoice_id}/recreate", response={201: RecreatedShown})
def recreate_invoice(request: Request, invoice_id: Id) -> RecreatedShown:
    """Decide the charges of a voided invoice anew, by the arrangement on record, and invoice them."""
    made = recreate(request.viewer, invoice=invoice_for(request.viewer, invoice_id))
    return RecreatedShown(issued=shown(request.viewer, made))


@router.post("/invoices/{invoice_id}/send", response=SentShown)
def send_invoice(request: Request, invoice_id: Id, body: MessageBody | None = None) -> SentShown:
    """Mail an invoice to its payer with the PDF; 422 where the payer has no address that may be written to."""
    found = invoice_for(request.viewer, invoice_id)
    message = (body.message if body else None) or ""
    delivery = send(request.viewer, invoice=found, message=message)
    letter = delivery.letter
    return SentShown(invoice_id=found.pk, to=letter.to, channel=letter.channel, sent_at=delivery.sent_at)


@router.post("/invoices/{invoice_id}/readdress", response=ReaddressedShown)
def readdress_invoice(request: Request, invoice_id: Id, body: ReaddressBody) -> ReaddressedShown:
    """Give an invoice to another payer in one step: it is void, and others are issued in its place.

    The same payer again is 409.
    """
    viewer = request.viewer
    found = invoice_for(viewer, invoice_id)
    try:
        done = readdress(viewer, invoice=found, rule=_rule(body), reason=body.reason)
    except Invalid as refused:
        field = "payer_id" if body.payer_id else "rule"
        raise Invalid(
            **{field if name in {"rule", "payer_id"} else name: text for name, text in refused.problems.items()}
        ) from None
    return ReaddressedShown(voided=shown(viewer, [done.voided])[0], issued=shown(viewer, done.issued))


def _rule(body: ReaddressBody) -> Rule | None:
    if body.payer_id and body.rule is not None:
        raise Invalid(payer_id="Say one of payer_id and rule.")
    if body.payer_id:
        return Rule(Single(str(body.payer_id)))
    return None if body.rule is None else read_uncapped(body.rule)

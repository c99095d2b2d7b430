"""Credit notes and discounts: what a payer need not pay of an invoice after all."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.api.fields import Body, Id, SomeCents
from kinbook.api.invoices import invoice_for, payer_ids
from kinbook.api.paging import Dated, Page, page_of
from kinbook.audit.record import record
from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.models import CreditNote, CreditNoteLine
from kinbook.invoices.queries.credit import credit_note_page
from kinbook.invoices.render import credit_note_pdf
from kinbook.papers.render import file_name
from kinbook.people.queries import client_for
from kinbook.tenancy.reason import LONGEST_REASON
from kinbook.tenancy.refused import Forbidden, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Invoices"], by_alias=True)


class CreditNoteBody(Body):
    """Cents that an invoice, or one charge on it, is lowered by; at most what is due."""

    invoice_id: Id
    charge_id: Id | None = None
    cents: SomeCents
    reason: str = Field(max_length=LONGEST_REASON, description="For the practice; no paper shows it.")
    kind: Literal["credit_note", "discount"] = "credit_note"


class CreditNotesAsked(Dated):
    """Which credit notes are wanted; the dates are those of issue."""

    invoice_id: Id | None = None
    payer_id: Id | None = None
    client_id: Id | None = None


class CreditLineShown(BaseModel):
    """What is taken off one charge."""

    client_id: UUID
    charge_id: UUID
    on: date = Field(serialization_alias="date")
    description: str
    cents: int


class CreditNoteShown(BaseModel):
    """A credit note or discount; lines of clients the member may not see are left out, they are `other_cents`."""

    id: UUID
    number: int = Field(description="One running number per practice, without gaps.")
    name: str = Field(description="The number as printed, with the practice's prefix.")
    kind: str
    invoice_id: UUID
    payer_id: UUID
    total_cents: int
    other_cents: int
    currency: str
    lines: list[CreditLineShown]
    reason: str
    issued_on: date
    made_by: str
    made_at: datetime
    void: bool = Field(description="Taken back when its invoice was voided.")


@router.post("/credit-notes", response={201: CreditNoteShown})
def create_credit_note(request: Request, body: CreditNoteBody) -> CreditNoteShown:
    """Lower an invoice, or one charge on it, at most by what is due; says who and why."""
    viewer = request.viewer
    require(viewer, Action.WRITE_OFF)
    invoice = invoice_for(viewer, body.invoice_id)
    made = add_credit_note(
        viewer, invoice=invoice, charge_id=body.charge_id, cents=body.cents, reason=body.reason, kind=body.kind
    )
    return shown(viewer, [credit_note_for(viewer, made.pk)])[0]


@router.get("/credit-notes", response=Page[CreditNoteShown])
def list_credit_notes(request: Request, asked: Query[CreditNotesAsked]) -> Page[CreditNoteShown]:
    """Credit notes, the highest number first; those taken back too."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    rows = CreditNote.objects.visible_to(viewer).filter(asked.dates("issued_on")).select_related("invoice__payer")
    if asked.invoice_id:
        rows = rows.filter(invoice=invoice_for(viewer, asked.invoice_id))
    if asked.payer_id:
        rows = rows.filter(invoice__payer_id__in=payer_ids(viewer, asked.payer_id))
    if asked.client_id:
        client = client_for(viewer, asked.client_id)
        require(viewer, Action.AMOUNTS_SEE, client.pk)
        rows = rows.filter(pk__in=CreditNoteLine.objects.filter(client=client).values("note_id"))
    found, more = page_of(rows.with_state(), asked, "-number")
    record(viewer, "credit_notes.listed", client_id=asked.client_id, count=len(found))
    return Page[CreditNoteShown](items=shown(viewer, found), next=more)


@router.get("/credit-notes/{credit_note_id}.pdf")
def read_credit_paper(request: Request, credit_note_id: Id) -> HttpResponse:
    """The paper, as the payer gets it; needs the right to all of its clients."""
    page = credit_note_page(request.viewer, credit_note_id)
    if page.other_cents:
        raise Forbidden
    client_id = next((line.client_id for line in page.lines), None)
    record(request.viewer, "credit_note.downloaded", page.note, client_id=client_id)
    response = HttpResponse(credit_note_pdf(page), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(page.note.name)}"'
    return response


@router.get("/credit-notes/{credit_note_id}", response=CreditNoteShown)
def read_credit_note(request: Request, credit_note_id: Id) -> CreditNoteShown:
    """One credit note with its lines."""
    found = shown(request.viewer, [credit_note_for(request.viewer, credit_note_id)])[0]
    client_id = found.lines[0].client_id if found.lines else None
    record(
        request.viewer, "credit_note.viewed", client_id=client_id, credit_note=str(credit_note_id), number=found.name
    )
    return found


def credit_note_for(viewer: Viewer, note_id: UUID) -> CreditNote:
    """Return a credit note the viewer may see; unknown and hidden look alike."""
    rows = CreditNote.objects.visible_to(viewer).with_state().select_related("invoice__payer")
    found = rows.filter(pk=note_id).first()
    if found is None:
        raise Unknown
    return found


def shown(viewer: Viewer, notes: Sequence[CreditNote]) -> list[CreditNoteShown]:
    """Return credit notes as programs see them, in the order given."""
    lines = _lines(viewer, [each.pk for each in notes])
    return [
        CreditNoteShown(
            id=each.pk,
            number=each.number,
            name=each.name,
            kind=each.kind,
            invoice_id=each.invoice_id,
            payer_id=each.invoice.payer.merged_into_id or each.invoice.payer_id,
            total_cents=each.total_cents,
            other_cents=each.total_cents - sum(line.cents for line in lines[each.pk]),
            currency=viewer.currency,
            lines=lines[each.pk],
            reason=each.reason,
            issued_on=each.issued_on,
            made_by=each.made_by,
            made_at=each.made_at,
            void=each.is_void,
        )
        for each in notes
    ]


def _lines(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[CreditLineShown]]:
    rows = CreditNoteLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), note_id__in=ids)
    found: dict[UUID, list[CreditLineShown]] = defaultdict(list)
    for row in rows.order_by("note_id", "position"):
        found[row.note_id].append(
            CreditLineShown(
                client_id=row.client_id,
                charge_id=row.charge_id,
                on=row.on_date,
                description=row.description,
                cents=row.cents,
            )
        )
    return found

"""Documents: statements and what else is put on paper for one payer; made once, kept as they were."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Day, Flag, Id, Whole
from kinbook.api.invoices import MessageBody, payer_ids
from kinbook.api.paging import Dated, Page, page_of
from kinbook.api.payments import payment_for
from kinbook.audit.record import record
from kinbook.documents.commands.estimates import create_estimate as make_estimate
from kinbook.documents.commands.payments import create_receipt as make_receipt
from kinbook.documents.commands.payments import create_tax_year
from kinbook.documents.commands.proofs import approve_proof
from kinbook.documents.commands.proofs import create_proof as make_proof
from kinbook.documents.commands.send import require_approved
from kinbook.documents.commands.send import send_document as send
from kinbook.documents.commands.statements import create_statement as make_statement
from kinbook.documents.commands.superbills import create_superbill as make_superbill
from kinbook.documents.commands.superbills import only_client_of, superbill_to_be
from kinbook.documents.models import Document, DocumentClient
from kinbook.documents.queries.listing import document_for, document_rows, sees_codes
from kinbook.documents.render import document_pdf, paper_name, shown_content
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.viewer import Viewer
from kinbook.web.download import download
from kinbook.web.request import Request

router = Router(tags=["Documents"], by_alias=True)

KindName = Literal["statement", "superbill", "receipt", "estimate", "tax_year", "proof"]


class PeriodBody(Body):
    """For whom, and about which dates, both included."""

    payer_id: Id
    client_id: Id | None = Field(None, description="For this client alone; left out: everything the payer pays for.")
    since: Day = Field(alias="from")
    through: Day = Field(alias="to")


class DocumentsAsked(Dated):
    """Which documents are wanted; the dates are those they were made on."""

    kind: KindName | None = None
    payer_id: Id | None = None
    client_id: Id | None = None


class MissingShown(BaseModel):
    """Something that a superbill should say and does not know."""

    field: str
    message: str


class SuperbillToBe(BaseModel):
    """What a superbill would say, and what would be missing from it; nothing was made."""

    dry_run: Literal[True] = True
    payer_id: UUID
    client_id: UUID
    sessions: int
    total_cents: int
    paid_cents: int
    missing: list[MissingShown]


class SuperbillBody(PeriodBody):
    """A superbill is about one client; left out, it is the payer's only one."""

    dry_run: Flag = Field(default=False, description="Only tell what it would say, and what is missing.")


class DocumentShown(BaseModel):
    """A document: what it says never changes, and its paper is at `pdf`."""

    id: UUID
    kind: str
    payer_id: UUID
    client_id: UUID | None
    client_ids: list[UUID] = Field(description="Every client it tells of.")
    since: date = Field(alias="from")
    through: date = Field(alias="to")
    language: str
    currency: str
    made_at: datetime
    made_by: str
    content: dict[str, Any] = Field(description="What the paper says: amounts in cents, dates as YYYY-MM-DD.")
    missing: list[MissingShown] = Field(description="What a superbill should say and does not know.")
    pdf: str = Field(description="Where the paper is.")


class DocumentSent(BaseModel):
    """Where the link of a document went."""

    document_id: UUID
    to: str
    channel: str
    sent_at: datetime


@router.post("/statements", response={201: DocumentShown})
def create_statement(request: Request, body: PeriodBody) -> DocumentShown:
    """Make a payer's statement: opening balance, everything booked between the dates, closing balance and its age."""
    viewer = request.viewer
    party_for(viewer, body.payer_id)
    if body.client_id:
        client_for(viewer, body.client_id)
    made = make_statement(
        viewer, payer_id=body.payer_id, client_id=body.client_id, since=body.since, through=body.through
    )
    return shown(viewer, [made])[0]


@router.post("/superbills", response={200: SuperbillToBe, 201: DocumentShown})
def create_superbill(request: Request, body: SuperbillBody) -> Any:
    """Make a superbill: sessions of the dates that this payer was billed for, with codes, providers and what they paid.

    What it should say and does not know stands in `missing`; ask with `dry_run` to be told before it is made.
    """
    viewer = request.viewer
    party_for(viewer, body.payer_id)
    client_id = body.client_id or only_client_of(viewer, body.payer_id)
    client_for(viewer, client_id)
    asked: dict[str, Any] = {"payer_id": body.payer_id, "client_id": client_id}
    asked |= {"since": body.since, "through": body.through}
    if not body.dry_run:
        return Status(201, shown(viewer, [make_superbill(viewer, **asked)])[0])
    found = superbill_to_be(viewer, **asked)
    record(viewer, "superbill.looked_at", client_id=client_id)
    to_be = SuperbillToBe(
        payer_id=body.payer_id,
        client_id=client_id,
        sessions=len(found.content["lines"]),
        total_cents=found.content["total_cents"],
        paid_cents=found.content["paid_cents"],
        missing=[MissingShown(field=each.field, message=each.sentence) for each in found.missing],
    )
    return Status(200, to_be)


class ReceiptBody(Body):
    """Of which payment."""

    payment_id: Id


class TaxYearBody(Body):
    """Whose payments, in which calendar year."""

    payer_id: Id
    year: Whole = Field(ge=2000, le=2200)


class EstimateBody(PeriodBody):
    """For whom, about which client, over which dates ahead."""

    client_id: Id


@router.post("/receipts", response={201: DocumentShown})
def create_receipt(request: Request, body: ReceiptBody) -> DocumentShown:
    """Make the receipt of a payment; 409 for one that was taken back."""
    require(request.viewer, Action.DOCUMENT_MAKE)
    made = make_receipt(request.viewer, payment=payment_for(request.viewer, body.payment_id))
    return shown(request.viewer, [made])[0]


@router.post("/tax-year-summaries", response={201: DocumentShown})
def create_tax_year_summary(request: Request, body: TaxYearBody) -> DocumentShown:
    """Make the summary of what a payer paid in a calendar year; 409 where they paid nothing."""
    party_for(request.viewer, body.payer_id)
    return shown(request.viewer, [create_tax_year(request.viewer, payer_id=body.payer_id, year=body.year)])[0]


@router.post("/estimates", response={201: DocumentShown})
def create_estimate(request: Request, body: EstimateBody) -> DocumentShown:
    """Make a good-faith estimate of a payer's part of what is booked; 409 where nothing is."""
    viewer = request.viewer
    party_for(viewer, body.payer_id)
    client_for(viewer, body.client_id)
    made = make_estimate(
        viewer, payer_id=body.payer_id, client_id=body.client_id, since=body.since, through=body.through
    )
    return shown(viewer, [made])[0]


@router.get("/documents", response=Page[DocumentShown])
def list_documents(request: Request, asked: Query[DocumentsAsked]) -> Page[DocumentShown]:
    """Documents, the newest first."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    rows = Document.objects.visible_to(viewer).filter(asked.moments("made_at", viewer.zone))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.payer_id:
        rows = rows.filter(payer_id__in=payer_ids(viewer, asked.payer_id))
    if asked.client_id:
        client = client_for(viewer, asked.client_id)
        rows = rows.filter(pk__in=DocumentClient.objects.filter(client=client).values("document_id"))
    found, more = page_of(rows.select_related("payer__merged_into"), asked, "-pk")
    record(viewer, "documents.listed", client_id=asked.client_id, count=len(found), kind=asked.kind or "")
    return Page[DocumentShown](items=shown(viewer, found), next=more)


class ProofBody(PeriodBody):
    """Whose payments for which child; the dates are those the payments were received on."""

    client_id: Id


@router.post("/proofs-of-expense", response={201: DocumentShown})
def create_proof(request: Request, body: ProofBody) -> DocumentShown:
    """Make a proof of expense under the court order on file; it leaves the practice once a member approved it."""
    viewer = request.viewer
    party_for(viewer, body.payer_id)
    client_for(viewer, body.client_id)
    made = make_proof(viewer, payer_id=body.payer_id, client_id=body.client_id, since=body.since, through=body.through)
    return shown(viewer, [made])[0]


@router.post("/documents/{document_id}/approve", response=DocumentShown)
def approve_document(request: Request, document_id: Id) -> DocumentShown:
    """Approve a proof of expense: it can be downloaded and sent from now on, and stands in its payer's portal."""
    found = document_for(request.viewer, document_id)
    approve_proof(request.viewer, document=found)
    return shown(request.viewer, [found])[0]


@router.post("/documents/{document_id}/send", response=DocumentSent)
def send_document(request: Request, document_id: Id, body: MessageBody | None = None) -> DocumentSent:
    """Mail the link of a document to its payer; 422 where the payer has no address that may be written to."""
    found = document_for(request.viewer, document_id)
    sent = send(request.viewer, document=found, message=(body.message if body else None) or "")
    return DocumentSent(document_id=found.pk, to=sent.letter.to, channel=sent.letter.channel, sent_at=sent.sent_at)


@router.get("/documents/{document_id}.pdf")
def read_document_paper(request: Request, document_id: Id) -> HttpResponse:
    """The paper: the same document always gives the same."""
    found = document_for(request.viewer, document_id)
    require_approved(found)
    (row,) = document_rows([found])
    _note(request.viewer, "document.downloaded", found)
    content = document_pdf(found, codes=sees_codes(request.viewer, row))
    return download(content, name=paper_name(found), content_type="application/pdf")


@router.get("/documents/{document_id}", response=DocumentShown)
def read_document(request: Request, document_id: Id) -> DocumentShown:
    """One document with what it says."""
    found = document_for(request.viewer, document_id)
    _note(request.viewer, "document.viewed", found)
    return shown(request.viewer, [found])[0]


def _note(viewer: Viewer, what: str, found: Document) -> None:
    about = DocumentClient.objects.filter(document=found).order_by("client_id").values_list("client_id", flat=True)
    record(viewer, what, found, client_id=about.first(), kind=found.kind)


def shown(viewer: Viewer, documents: list[Document]) -> list[DocumentShown]:
    """Return documents as programs see them, in the order given."""
    return [
        DocumentShown(
            id=row.document.pk,
            kind=row.document.kind,
            payer_id=row.payer.pk,
            client_id=row.document.client_id,
            client_ids=[client.pk for client in row.clients],
            **{"from": row.document.from_on, "to": row.document.to_on},
            language=row.document.language,
            currency=viewer.currency,
            made_at=row.document.made_at,
            made_by=row.document.made_by,
            content=shown_content(row.document, codes=sees_codes(viewer, row)),
            missing=[MissingShown(**each) for each in row.document.content.get("missing", [])],
            pdf=f"/api/v1/documents/{row.document.pk}.pdf",
        )
        for row in document_rows(documents)
    ]

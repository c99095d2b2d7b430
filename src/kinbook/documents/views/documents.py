"""The documents: listed, looked at, downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.queries import read_id
from kinbook.audit.record import record
from kinbook.documents.commands.proofs import approve_proof
from kinbook.documents.commands.send import require_approved
from kinbook.documents.models import Kind
from kinbook.documents.queries.listing import DocumentRow, document_for, document_list, document_rows, sees_codes
from kinbook.documents.queries.proofs import is_approved, proofs_waiting
from kinbook.documents.queries.sendings import opened_of, sent_of
from kinbook.documents.render import document_pdf, paper_name, said
from kinbook.people.queries import party_for, same_person
from kinbook.web.download import download
from kinbook.web.page import done, page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


KINDS = (
    (Kind.STATEMENT, "Statements"),
    (Kind.SUPERBILL, "Superbills"),
    (Kind.RECEIPT, "Receipts"),
    (Kind.ESTIMATE, "Estimates"),
    (Kind.TAX_YEAR, "Tax years"),
    (Kind.PROOF, "Proofs of expense"),
)


def documents(request: Request) -> HttpResponse:
    """The documents, newest first, by kind and payer."""
    require(request.viewer, Action.AMOUNTS_SEE)
    kind = request.GET.get("kind", "")
    payer_id = read_id(request.GET.get("payer", ""))
    payer = party_for(request.viewer, payer_id) if payer_id else None
    payers = same_person(payer.merged_into_id or payer.pk) if payer else []
    after = read_id(request.GET.get("after", ""))
    rows, more = document_list(request.viewer, kind=kind, after=after, payers=payers)
    record(request.viewer, "documents.listed", count=len(rows), kind=kind)
    return page(
        request,
        "documents/documents.html",
        rows=rows,
        next=more,
        kind_shown=kind if kind in Kind.values else "",
        kinds=KINDS,
        may_make=may(request.viewer, Action.DOCUMENT_MAKE),
        payer=payer,
        waiting=proofs_waiting(request.viewer) if not kind and not after else [],
    )


def document(request: Request, document_id: UUID) -> HttpResponse:
    """One document as it stands on paper."""
    found = document_for(request.viewer, document_id)
    (row,) = document_rows([found])
    _note(request, "document.viewed", row)
    paper = said(found, codes=sees_codes(request.viewer, row))
    return page(
        request,
        "documents/document.html",
        document=found,
        row=row,
        paper=paper,
        sent=sent_of(found),
        approved=is_approved(found),
        opened=opened_of(found),
        may_send=may(request.viewer, Action.DOCUMENT_SEND),
    )


@require_POST
def approve(request: Request, document_id: UUID) -> HttpResponse:
    """Approve a proof of expense."""
    found = document_for(request.viewer, document_id)
    approve_proof(request.viewer, document=found)
    url = reverse("documents:document", args=[found.pk])
    return done(request, url, "Approved: it can be sent and downloaded now.")


def pdf(request: Request, document_id: UUID) -> HttpResponse:
    """The paper."""
    found = document_for(request.viewer, document_id)
    require_approved(found)
    (row,) = document_rows([found])
    _note(request, "document.downloaded", row)
    content = document_pdf(found, codes=sees_codes(request.viewer, row))
    return download(content, name=paper_name(found), content_type="application/pdf")


def _note(request: Request, what: str, row: DocumentRow) -> None:
    client_id = row.clients[0].pk if row.clients else None
    record(request.viewer, what, row.document, client_id=client_id, kind=row.document.kind)

"""Documents: the person's own, and one that somebody opens by the link they were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import translation

from kinbook.audit.record import record
from kinbook.documents.render import document_pdf, paper_name, said
from kinbook.portal.commands.papers import note_own_opening, paper_behind
from kinbook.portal.queries.own_papers import receipt_of, year_of
from kinbook.portal.queries.papers import paper_of_person
from kinbook.portal.views.frame import PortalRequest, door_page, frame_of, page, refuse_without_bills

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.portal.models import Paper
    from kinbook.portal.queries.own_papers import OwnPaper


def paper(request: PortalRequest, paper_id: UUID) -> HttpResponse:
    """One document."""
    found = paper_of_person(paper_id)
    note_own_opening(request.viewer, paper=found)
    return page(request, "portal/paper.html", frame_of(request), paper=found, said=said(found))


def pdf(request: PortalRequest, paper_id: UUID) -> HttpResponse:
    """The same as a PDF."""
    found = paper_of_person(paper_id)
    note_own_opening(request.viewer, paper=found)
    return _file(found)


def receipt(request: PortalRequest, payment_id: UUID) -> HttpResponse:
    """The receipt of a payment."""
    refuse_without_bills(request)
    found = receipt_of(request.person, payment_id)
    record(request.viewer, "receipt.downloaded", payment=str(payment_id))
    return _file(found)


def year(request: PortalRequest, year: int) -> HttpResponse:
    """What was paid in a year."""
    refuse_without_bills(request)
    found = year_of(request.person, year)
    record(request.viewer, "tax_year.downloaded", year=year)
    return _file(found)


def _file(found: Document | Paper | OwnPaper) -> HttpResponse:
    response = HttpResponse(document_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper_name(found)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def by_link(request: PortalRequest, secret: str) -> HttpResponse:
    """A link from a mail: it shows one button, since mail scanners look at every link; that opens the paper."""
    found = paper_behind(secret, request.now, opens=request.method == "POST")
    if found is None:
        return door_page(request, "portal/paper_gone.html", status=410)
    if request.method == "POST":
        return _file(found)
    with translation.override(found.language):
        practice = found.content["practice"]["name"]
        return door_page(request, "portal/by_link.html", heading=said(found).heading, practice=practice)

"""Billing: the person's own invoices, on screen and on paper, and their payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from kinbook.audit.record import record
from kinbook.papers.render import file_name
from kinbook.portal.queries.bills import bill_page, bill_rows, credit_cents, payments
from kinbook.portal.queries.cards import payable, pays_together
from kinbook.portal.queries.home import owed
from kinbook.portal.queries.papers import papers
from kinbook.portal.render import bill_pdf
from kinbook.portal.views.cards import may_pay
from kinbook.portal.views.frame import PortalRequest, frame_of, page, refuse_without_bills

if TYPE_CHECKING:
    from uuid import UUID


def bills(request: PortalRequest) -> HttpResponse:
    """What is due, every invoice, every payment."""
    refuse_without_bills(request)
    frame = frame_of(request)
    client_id = frame.client_id
    rows = bill_rows(request.viewer, client_id)
    paid = payments() if client_id is None else []
    may = may_pay(request, frame.children)
    record(request.viewer, "portal.bills_viewed", count=len(rows))
    return page(
        request,
        "portal/bills.html",
        frame,
        owed=owed(request.viewer, client_id),
        rows=rows,
        papers=papers(client_id),
        years=sorted({each.received_on.year for each in paid}, reverse=True),
        payments=paid,
        credit=credit_cents() if client_id is None else 0,
        may_pay=may,
        together=may and client_id is None and pays_together(),
    )


def bill(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice."""
    refuse_without_bills(request)
    frame = frame_of(request)
    found = bill_page(request.viewer, request.person, invoice_id)
    record(request.viewer, "invoice.viewed", found.bill, number=found.bill.name)
    due = payable(invoice_id) if may_pay(request, frame.children) else None
    return page(request, "portal/bill.html", frame, bill=found, may_pay=due is not None)


def paper(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """The same as a PDF."""
    refuse_without_bills(request)
    found = bill_page(request.viewer, request.person, invoice_id)
    record(request.viewer, "invoice.downloaded", found.bill, number=found.bill.name)
    response = HttpResponse(bill_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file_name(found.bill.name)}"'
    return response

"""The journal: every money event as a balanced entry, and all of it as a Beancount file."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require, require_all
from kinbook.api.fields import Day, Id
from kinbook.api.invoices import payer_ids
from kinbook.api.paging import Dated, Page, page_of
from kinbook.audit.record import record
from kinbook.ledger.accountants import COLUMNS
from kinbook.ledger.beancount import beancount_file
from kinbook.ledger.journal import JournalEntry, entries_visible_to, with_lines
from kinbook.people.queries import client_for
from kinbook.reports.queries.exports import journal_rows
from kinbook.reports.render import csv_file
from kinbook.tenancy.viewer import Viewer
from kinbook.web.download import download
from kinbook.web.request import Request

router = Router(tags=["Journal"], by_alias=True)


class JournalAsked(Dated):
    """Which entries are wanted."""

    payer_id: Id | None = None
    client_id: Id | None = None


class JournalLineShown(BaseModel):
    """One leg of an entry: debit positive, credit negative.

    Lines of clients the member may not see stand together as the account other_clients.
    """

    account: str = Field(description="receivable, income, cash, credit or write_off")
    cents: int
    payer_id: UUID | None
    client_id: UUID | None
    invoice_id: UUID | None
    service_id: UUID | None
    method: str | None = Field(description="How money came; of cash only.")


class JournalEntryShown(BaseModel):
    """A money event; its lines sum to zero."""

    id: UUID
    event: str
    on: date = Field(serialization_alias="date")
    posted_at: datetime
    posted_by: str
    invoice_id: UUID | None
    payment_id: UUID | None
    note: str | None
    currency: str
    lines: list[JournalLineShown]


@router.get("/journal", response=Page[JournalEntryShown])
def list_entries(request: Request, asked: Query[JournalAsked]) -> Page[JournalEntryShown]:
    """The journal by date."""
    viewer = request.viewer
    require(viewer, Action.JOURNAL_SEE)
    found, more = page_of(_rows(viewer, asked), asked, "on_date", "pk")
    record(viewer, "journal.listed", client_id=asked.client_id, count=len(found))
    return Page[JournalEntryShown](items=shown(viewer, with_lines(viewer, found)), next=more)


def _rows(viewer: Viewer, asked: JournalAsked) -> Any:
    payers = payer_ids(viewer, asked.payer_id) if asked.payer_id else ()
    client_id = client_for(viewer, asked.client_id).pk if asked.client_id else None
    return entries_visible_to(viewer, payers=payers, client_id=client_id).filter(asked.dates("on_date"))


@router.get("/journal.beancount")
def read_beancount(request: Request, asked: Query[JournalAsked]) -> HttpResponse:
    """The whole journal as a Beancount file that `bean-check` accepts, or a part of it; ids stand for names."""
    viewer = request.viewer
    require_all(viewer, Action.JOURNAL_SEE)
    whole = not (asked.payer_id or asked.client_id or asked.since or asked.through)
    text = beancount_file(viewer, None if whole else _rows(viewer, asked))
    record(viewer, "journal.exported", client_id=asked.client_id, size=len(text))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.beancount"'
    return response


class JournalFileAsked(BaseModel):
    """For which program, and which days; all of them if absent."""

    program: Literal["quickbooks", "xero"] = Field(alias="format")
    since: Day | None = Field(None, alias="from", description="The first date.")
    through: Day | None = Field(None, alias="to", description="The last date, included.")
    tax_rate: str = Field("", max_length=50, description="Xero: the name of the rate without tax.")


@router.get("/journal.csv")
def read_journal_file(request: Request, asked: Query[JournalFileAsked]) -> HttpResponse:
    """The journal as QuickBooks Online or Xero imports it: a balanced journal a day, by account."""
    viewer = request.viewer
    require_all(viewer, Action.JOURNAL_SEE)
    since, through = asked.since or date.min, asked.through or date.max
    rows = journal_rows(viewer, asked.program, since, through, asked.tax_rate)
    made, count = csv_file(COLUMNS[asked.program], rows)
    record(viewer, "journal.exported", program=asked.program, count=count)
    name = f"journal-{asked.program}.csv"
    with made:
        return download(made.read(), name=name, content_type="text/csv; charset=utf-8")


def shown(viewer: Viewer, entries: Sequence[JournalEntry]) -> list[JournalEntryShown]:
    """Return entries as programs see them."""
    return [
        JournalEntryShown(
            id=each.id,
            event=each.event,
            on=each.on_date,
            posted_at=each.posted_at,
            posted_by=each.posted_by,
            invoice_id=each.invoice_id,
            payment_id=each.payment_id,
            note=each.note or None,
            currency=viewer.currency,
            lines=[
                JournalLineShown(
                    account=line.account,
                    cents=line.cents,
                    payer_id=line.payer_id,
                    client_id=line.client_id,
                    invoice_id=line.invoice_id,
                    service_id=line.service_id,
                    method=line.method or None,
                )
                for line in each.lines
            ],
        )
        for each in entries
    ]

"""Invoices on paper: the payer's own reasons only, tagged PDF, the letters embedded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinbook.invoices.queries.invoice import invoice_page
from kinbook.papers.render import file_name, letterhead_of, paper_size, typeset
from kinbook.rules.periods import spoken_day
from kinbook.team.queries import rule_viewer
from kinbook.web.templatetags.ui import spoken_money

if TYPE_CHECKING:
    from datetime import datetime

    from kinbook.invoices.models import Invoice
    from kinbook.invoices.queries.credit import CreditNotePage
    from kinbook.invoices.queries.invoice import InvoicePage
    from kinbook.mail.models import Letter
    from kinbook.tenancy.models import Practice
    from kinbook.tenancy.viewer import Identity

PAPER = Path(__file__).parent / "templates" / "invoices" / "invoice.typ"


def invoice_pdf(page: InvoicePage) -> bytes:
    """Return the invoice as a tagged PDF. It says the payer's reason of each line and nothing of anybody else."""
    return set_invoice(paper_of(page))


def set_invoice(words: dict[str, Any]) -> bytes:
    """Return an invoice's words and amounts, as `paper_of` gives them, set on paper."""
    return typeset(PAPER, words)


def paper_of(page: InvoicePage) -> dict[str, Any]:
    """Return the words and amounts that stand on the paper, and nothing else: a voided one says VOID."""
    invoice, practice = page.invoice, page.practice

    def money(cents: int) -> str:
        return spoken_money(cents, practice.currency)

    void = page.void is not None
    return {
        **_frame(practice, f"Invoice {invoice.name}", void=void),
        "payer": _billed_to(invoice),
        "facts": [
            ["Number", invoice.name],
            ["Issued", spoken_day(invoice.issued_on)],
            ["Due", spoken_day(invoice.due_on)],
            *([["Your reference", invoice.reference]] if invoice.reference else []),
            *([["Tax ID", practice.tax_id]] if practice.tax_id else []),
        ],
        "lines": [] if void else _lines(page, money),
        "sums": [] if void else _sums(page, money),
    }


def _lines(page: InvoicePage, money: Any) -> list[dict[str, str]]:
    return [
        {
            "date": spoken_day(line.on_date),
            "what": f"{line.description} · {line.printed_name}",
            "why": line.payer_reason,
            "amount": money(line.cents),
            "of": "" if line.full_cents is None else f"of {money(line.full_cents)}",
        }
        for line in page.lines
    ]


def _sums(page: InvoicePage, money: Any) -> list[list[str]]:
    sums = [["Total", money(page.invoice.total_cents)]]
    sums += [[f"Paid {spoken_day(part.received_on)}", money(-part.cents)] for part in page.settled]
    sums += [
        [f"{note.get_kind_display()} {note.name}", money(-note.total_cents)]
        for note in page.credit_notes
        if not note.is_void
    ]
    if page.written_off_cents:
        sums.append(["Reduced by", money(-page.written_off_cents)])
    return [*sums, ["Due", money(page.due_cents)]]


def credit_note_pdf(page: CreditNotePage) -> bytes:
    """Return a credit note as a tagged PDF: what is taken off the payer's invoice, and not why."""
    return set_invoice(credit_paper_of(page))


def credit_paper_of(page: CreditNotePage) -> dict[str, Any]:
    """Return the words and amounts that stand on a credit note; one taken back says VOID."""
    note, practice, invoice = page.note, page.practice, page.note.invoice

    def money(cents: int) -> str:
        return spoken_money(cents, practice.currency)

    lines = [
        {
            "date": spoken_day(line.on_date),
            "what": f"{line.description} · {line.client_name}",
            "why": note.get_kind_display(),
            "amount": money(-line.cents),
            "of": "",
        }
        for line in page.lines
    ]
    return {
        **_frame(practice, f"Credit note {note.name}", void=note.is_void),
        "payer": _billed_to(invoice),
        "facts": [
            ["Number", note.name],
            ["Issued", spoken_day(note.issued_on)],
            ["For invoice", invoice.name],
            *([["Tax ID", practice.tax_id]] if practice.tax_id else []),
        ],
        "lines": [] if note.is_void else lines,
        "sums": [] if note.is_void else [["Taken off", money(-note.total_cents)]],
    }


def _frame(practice: Practice, title: str, *, void: bool) -> dict[str, Any]:
    return {
        "lang": practice.language,
        "paper": paper_size(practice.currency),
        "title": title,
        "heading": title,
        "words": {"to": "Billed to", "void": "VOID"},
        "columns": ["Date", "Service", "Amount"],
        "void": void,
        **letterhead_of(practice, practice.language),
    }


def _billed_to(invoice: Invoice) -> dict[str, Any]:
    return {"name": invoice.payer_name, "lines": [line for line in invoice.payer_address.split("\n") if line]}


def letter_pdf(identity: Identity, letter: Letter) -> tuple[str, bytes]:
    """Return the file that goes with a letter; called by the job that sends it, in its transaction."""
    moment: datetime = letter.written_at
    page = invoice_page(rule_viewer(identity.practice_id, now=moment), letter.invoice_id)  # type: ignore[arg-type]
    return file_name(page.invoice.name), invoice_pdf(page)

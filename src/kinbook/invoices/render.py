"""Invoices on paper: the payer's own reasons only, tagged PDF, the letters embedded."""

from __future__ import annotations

import json
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings

from kinbook.invoices.queries.invoice import invoice_page
from kinbook.rules.periods import spoken_day
from kinbook.team.queries import rule_viewer
from kinbook.web.templatetags.ui import spoken_money

if TYPE_CHECKING:
    from datetime import datetime

    from kinbook.invoices.queries.invoice import InvoicePage
    from kinbook.mail.models import Letter
    from kinbook.tenancy.viewer import Identity

PAPER = Path(__file__).parent / "templates" / "invoices" / "invoice.typ"
UNKNOWN_LETTER = "could not be displayed"
_kept = local()


def _compiler(*, system_fonts: bool = False) -> typst.Compiler:
    """Return this thread's compiler: fonts are read once."""
    name = "with_system" if system_fonts else "own"
    if not hasattr(_kept, name):
        setattr(_kept, name, typst.Compiler(font_paths=[str(settings.FONTS)], ignore_system_fonts=not system_fonts))
    compiler: typst.Compiler = getattr(_kept, name)
    return compiler


def invoice_pdf(page: InvoicePage) -> bytes:
    """Return the invoice as a tagged PDF. It says the payer's reason of each line and nothing of anybody else."""
    return typeset(paper_of(page))


def typeset(words: dict[str, Any]) -> bytes:
    """Return an invoice's words and amounts, as `paper_of` gives them, set on paper."""
    paper: dict[str, Any] = {
        "input": str(PAPER),
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(words)},
    }
    try:
        made = _compiler().compile(**paper, pdf_standards=["ua-1"])
    except typst.TypstError as refused:
        if UNKNOWN_LETTER not in str(refused):
            raise
        # tagged all the same, with this machine's fonts, but without the claim that every letter could be shown
        made = _compiler(system_fonts=True).compile(**paper)
    if not isinstance(made, bytes):
        raise TypeError("an invoice is one file")
    return made


def paper_of(page: InvoicePage) -> dict[str, Any]:
    """Return the words and amounts that stand on the paper, and nothing else: a voided one says VOID."""
    invoice, practice = page.invoice, page.practice

    def money(cents: int) -> str:
        return spoken_money(cents, practice.currency)

    void = page.void is not None
    return {
        "lang": practice.language,
        "paper": "us-letter" if practice.currency in {"USD", "CAD"} else "a4",
        "title": f"Invoice {invoice.name}",
        "heading": f"Invoice {invoice.name}",
        "words": {"to": "Billed to", "void": "VOID"},
        "practice": {
            "name": practice.name,
            "lines": [line for line in (practice.street, practice.city, practice.phone, practice.email) if line],
        },
        "payer": {"name": invoice.payer_name, "lines": [line for line in invoice.payer_address.split("\n") if line]},
        "facts": [
            ["Number", invoice.name],
            ["Issued", spoken_day(invoice.issued_on)],
            ["Due", spoken_day(invoice.due_on)],
            *([["Tax ID", practice.tax_id]] if practice.tax_id else []),
        ],
        "columns": ["Date", "Service", "Amount"],
        "void": void,
        "lines": [] if void else _lines(page, money),
        "sums": [] if void else _sums(page, money),
        "footer": practice.invoice_footer or practice.name,
    }


def _lines(page: InvoicePage, money: Any) -> list[dict[str, str]]:
    return [
        {
            "date": spoken_day(line.on_date),
            "what": f"{line.description} · {line.client_name}",
            "why": line.payer_reason,
            "amount": money(line.cents),
        }
        for line in page.lines
    ]


def _sums(page: InvoicePage, money: Any) -> list[list[str]]:
    sums = [["Total", money(page.invoice.total_cents)]]
    sums += [[f"Paid {spoken_day(part.received_on)}", money(-part.cents)] for part in page.settled]
    if page.written_off_cents:
        sums.append(["Reduced by", money(-page.written_off_cents)])
    return [*sums, ["Due", money(page.due_cents)]]


def file_name(name: str) -> str:
    """Return the name a downloaded invoice is kept under: its number and nothing of its payer."""
    return f"{''.join(letter if letter.isalnum() or letter in '-_' else '-' for letter in name)}.pdf"


def letter_pdf(identity: Identity, letter: Letter) -> tuple[str, bytes]:
    """Return the file that goes with a letter; called by the job that sends it, in its transaction."""
    moment: datetime = letter.written_at
    page = invoice_page(rule_viewer(identity.practice_id, now=moment), letter.invoice_id)  # type: ignore[arg-type]
    return file_name(page.invoice.name), invoice_pdf(page)

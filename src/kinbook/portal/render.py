"""An invoice on paper, in the language of who downloads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kinbook.invoices.render import set_invoice
from kinbook.papers.models import INK
from kinbook.papers.queries import letterhead_in_force, logo_of
from kinbook.papers.render import paper_size
from kinbook.papers.spoken import spoken_cash, spoken_date

if TYPE_CHECKING:
    from kinbook.papers.models import Letterhead
    from kinbook.portal.models import Person
    from kinbook.portal.queries.bills import BillPage


def bill_pdf(page: BillPage) -> bytes:
    """Return the invoice as a tagged PDF, with the person's own lines, reasons and payments."""
    return set_invoice(paper_of(page))


def paper_of(page: BillPage) -> dict[str, Any]:
    """Return the words and amounts that stand on the paper, and nothing else."""
    bill, person = page.bill, page.person
    letterhead = letterhead_in_force()
    contact = (person.practice_street, person.practice_city, person.practice_phone, person.practice_email)
    return {
        "lang": get_language() or "en",
        "paper": paper_size(person.currency),
        "title": f"{_('Invoice')} {bill.name}",
        "heading": f"{_('Invoice')} {bill.name}",
        "words": {"to": _("Billed to"), "void": _("VOID")},
        "practice": {"name": person.practice_name, "lines": [line for line in contact if line]},
        "payer": {"name": bill.payer_name, "lines": [line for line in bill.payer_address.split("\n") if line]},
        "facts": [
            [_("Number"), bill.name],
            [_("Issued"), spoken_date(bill.issued_on)],
            [_("Due on"), spoken_date(bill.due_on)],
            *([[_("Tax ID"), person.practice_tax_id]] if person.practice_tax_id else []),
        ],
        "columns": [_("Date"), _("Service"), _("Amount")],
        "void": bill.is_void,
        "lines": [] if bill.is_void else _lines(page),
        "sums": [] if bill.is_void else _sums(page),
        "colour": letterhead.colour if letterhead else INK,
        "logo": logo_of(str(letterhead.pk)) if letterhead else None,
        "footer": _footer(person, letterhead),
    }


def _footer(person: Person, letterhead: Letterhead | None) -> str:
    spanish = letterhead.footer_es if letterhead and get_language() == "es" else ""
    return spanish or person.invoice_footer or person.practice_name


def _lines(page: BillPage) -> list[dict[str, str]]:
    return [
        {
            "date": spoken_date(line.on_date),
            "what": f"{line.description} · {line.child}",
            "why": line.payer_reason,
            "amount": spoken_cash(line.cents, page.person.currency),
            "of": ""
            if line.full_cents is None
            else _("of %(amount)s") % {"amount": spoken_cash(line.full_cents, page.person.currency)},
        }
        for line in page.lines
    ]


def _sums(page: BillPage) -> list[list[str]]:
    currency = page.person.currency
    sums = [[_("Total"), spoken_cash(page.bill.total_cents, currency)]]
    sums += [
        [_("Paid on %(day)s") % {"day": spoken_date(part.received_on)}, spoken_cash(-part.cents, currency)]
        for part in page.settled
    ]
    for note in page.credited:
        kind = _("Discount") if note.kind == "discount" else _("Credit note")
        sums.append([f"{kind} {note.name}", spoken_cash(-note.cents, currency)])
    if page.reduced_cents:
        sums.append([_("Reduced by"), spoken_cash(-page.reduced_cents, currency)])
    return [*sums, [_("Due"), spoken_cash(page.bill.due_cents, currency)]]

"""Papers that a person makes for themselves: receipts and the summary of a year, from their own payments alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from kinbook.documents.models import Kind
from kinbook.papers.models import INK
from kinbook.papers.queries import letterhead_in_force
from kinbook.portal.models import Applied, Money, Paid
from kinbook.rules.posting import Event
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.portal.models import Person


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """A paper that is set and not kept: what is booked later stands on the next."""

    kind: str
    from_on: date
    to_on: date
    language: str
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return str(Kind(self.kind).label)


def receipt_of(person: Person, payment_id: UUID) -> OwnPaper:
    """Return the receipt of one payment of the person's own."""
    payment = Paid.objects.filter(pk=payment_id).first()
    if payment is None:
        raise Unknown
    money = list(Money.objects.filter(payment_id=payment_id).order_by("on_date", "posted_at", "pk"))
    applied = list(Applied.objects.filter(payment_id=payment_id).order_by("child"))
    content = {
        **_said(person),
        "clients": sorted({each.child for each in applied}),
        "method": payment.method,
        "reference": "",
        "money": [{"on": str(each.on_date), "event": each.event, "cents": each.cents} for each in money],
        "applied": [{"who": each.child, "cents": each.cents} for each in applied],
        "total_cents": sum(each.cents for each in money),
    }
    return OwnPaper(Kind.RECEIPT, payment.received_on, payment.received_on, get_language() or "en", content)


def years() -> list[int]:
    """Return the calendar years in which the person paid anything, the last first."""
    return sorted({day.year for day in Paid.objects.values_list("received_on", flat=True)}, reverse=True)


def year_of(person: Person, year: int) -> OwnPaper:
    """Return the summary of what the person paid in a calendar year, for each child by date."""
    if year not in years():
        raise Unknown
    money = list(Money.objects.filter(on_date__year=year).order_by("on_date", "posted_at", "pk"))
    methods = dict(Paid.objects.values_list("pk", "method"))
    applied: dict[UUID, list[Applied]] = defaultdict(list)
    for each in Applied.objects.order_by("child"):
        applied[each.payment_id].append(each)
    rows = [_row(each, methods, applied) for each in money]
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        for part in row["parts"]:
            sums[part["who"]] += part["cents"]
    total = sum(each.cents for each in money)
    content = {
        **_said(person),
        "clients": sorted(sums),
        "year": year,
        "rows": rows,
        "by_client": [{"who": who, "cents": cents} for who, cents in sorted(sums.items())],
        "rest_cents": total - sum(sums.values()),
        "total_cents": total,
    }
    return OwnPaper(Kind.TAX_YEAR, date(year, 1, 1), date(year, 12, 31), get_language() or "en", content)


def _row(each: Money, methods: dict[UUID, str], applied: dict[UUID, list[Applied]]) -> dict[str, Any]:
    parts = applied[each.payment_id] if each.event == Event.PAID else []
    return {
        "on": str(each.on_date),
        "event": each.event,
        "method": methods.get(each.payment_id, ""),
        "cents": each.cents,
        "parts": [{"who": part.child, "cents": part.cents} for part in parts],
    }


def _said(person: Person) -> dict[str, Any]:
    """Return what stands on every paper: the practice, and the person by name."""
    letterhead = letterhead_in_force()
    footer = person.invoice_footer or person.practice_name
    reached = (person.practice_street, person.practice_city, person.practice_phone, person.practice_email)
    return {
        "practice": {
            "name": person.practice_name,
            "lines": [line for line in reached if line],
            "currency": person.currency,
            "tax_id": person.practice_tax_id,
            "letterhead": str(letterhead.pk) if letterhead else None,
            "colour": letterhead.colour if letterhead else INK,
            "footer": footer,
            "footer_es": (letterhead.footer_es if letterhead else "") or footer,
        },
        "payer": {"name": person.name, "lines": []},
    }

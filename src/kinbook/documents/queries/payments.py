"""What receipts and tax-year summaries say: money a payer gave, for whom, and what went back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.documents.queries.addressee import client_names, sender
from kinbook.ledger.statements import applied_of, money_of
from kinbook.payments.models import Payment
from kinbook.rules.posting import Event

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.ledger.statements import Money
    from kinbook.tenancy.models import Practice


def receipt_content(practice: Practice, payer: Addressee, payment: Payment) -> tuple[dict[str, Any], set[UUID]]:
    """Return what the receipt of one payment says, and the clients it is about."""
    money = [each for each in money_of(payer.ids) if each.payment_id == payment.pk]
    applied = applied_of(payer.ids).get(payment.pk, {})
    clients = set(applied) | ({payment.client_id} if payment.client_id else set())
    names = client_names(clients)
    content = {
        "practice": sender(practice),
        "payer": payer.printed,
        "clients": sorted(names.values()),
        "method": payment.method,
        "reference": payment.reference,
        "money": [{"on": str(each.on_date), "event": each.event, "cents": each.cents} for each in money],
        "applied": [{"who": names[client], "cents": cents} for client, cents in sorted(applied.items(), key=str)],
        "total_cents": sum(each.cents for each in money),
    }
    return content, clients


def tax_year_content(practice: Practice, payer: Addressee, year: int) -> tuple[dict[str, Any], set[UUID]]:
    """Return what a payer's summary of a calendar year says: payments by date, for whom, and what went back."""
    every = money_of(payer.ids)
    gone = {each.payment_id for each in every if each.event == Event.REVERSED}
    money = [each for each in every if each.on_date.year == year and each.payment_id not in gone]
    applied = applied_of(payer.ids)
    names = client_names({client for each in applied.values() for client in each})
    methods = dict(Payment.objects.filter(pk__in={each.payment_id for each in money}).values_list("pk", "method"))
    rows = [_row(each, applied.get(each.payment_id, {}), names, methods) for each in money]
    clients = {client for each in money for client in applied.get(each.payment_id, {})}
    sums: dict[str, int] = {}
    for row in rows:
        for part in row["parts"]:
            sums[part["who"]] = sums.get(part["who"], 0) + part["cents"]
    total = sum(each.cents for each in money)
    content = {
        "practice": sender(practice),
        "payer": payer.printed,
        "clients": sorted({names[each] for each in clients}),
        "year": year,
        "rows": rows,
        "by_client": [{"who": who, "cents": cents} for who, cents in sorted(sums.items())],
        "rest_cents": total - sum(sums.values()),
        "total_cents": total,
    }
    return content, clients


def _row(each: Money, applied: dict[UUID, int], names: dict[UUID, str], methods: dict[UUID, str]) -> dict[str, Any]:
    parts = applied if each.event == Event.PAID else {}
    return {
        "on": str(each.on_date),
        "event": each.event,
        "method": methods.get(each.payment_id, ""),
        "cents": each.cents,
        "parts": [{"who": names[client], "cents": cents} for client, cents in sorted(parts.items(), key=str)],
    }

"""Failed cards, disputes and failed refunds, among what needs a hand: whose, why, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value

from kinbook.cards.models import Card, CardCharge, CardRefund, ChargePart, Dispute, RefundState
from kinbook.invoices.models import InvoiceLine
from kinbook.overview.queries.work import WorkRow
from kinbook.payments.queries.listing import payments_visible_to
from kinbook.people.models import Client
from kinbook.people.queries import roots
from kinbook.rules.declines import in_words
from kinbook.rules.periods import spoken_day

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

MOST = 500
COLUMNS = ("what", "cents", "payer", "client", "leads_to", "word", "on_day", "brand", "digits")


def waiting_cards(viewer: Viewer) -> list[tuple[Any, ...]]:
    """Return everything of cards that waits for somebody, as plain columns: one query."""
    rows = _failed(viewer).union(_disputed(viewer), _not_refunded(viewer), all=True)
    return list(rows.order_by("what_", "on_day_")[:MOST])


def rows_of_cards(found: list[tuple[Any, ...]]) -> list[WorkRow]:
    """Return them with people and words, and where each is mended."""
    parties = roots(row[2] for row in found)
    clients = Client.objects.select_related("party").in_bulk([row[3] for row in found if row[3]])
    return [
        WorkRow(
            clients.get(client),
            parties[payer],
            _why(what, word, on_day, Card(brand=brand, last_four=digits)),
            cents,
            "link",
            "payments:payer" if what == "failed" else "payments:payment",
            (leads_to,),
            "Look at it",
            is_bad=True,
        )
        for what, cents, payer, client, leads_to, word, on_day, brand, digits in found
    ]


def _why(what: str, word: str, on_day: Any, card: Card) -> str:
    if what == "refund":
        return f"A refund to {card.name} failed"
    if what == "dispute":
        by = f", answer by {spoken_day(on_day)}" if on_day and word == "open" else ""
        return f"{card.name}: disputed by the bank, {word}{by}"
    again = f"; next try {spoken_day(on_day)}" if on_day else ""
    return f"{card.name}: {in_words(word)}{again}"


def _failed(viewer: Viewer) -> QuerySet[Any, Any]:
    lines = InvoiceLine.objects.visible_to(viewer).filter(invoice_id=OuterRef("invoice_id")).order_by("position")
    parts = ChargePart.objects.filter(charge_id=OuterRef("pk")).order_by("pk")
    first = parts.annotate(first=Subquery(lines.values("client_id")[:1])).values("first")[:1]
    rows = CardCharge.objects.visible_to(viewer).open_failures()
    return _columns(
        rows,
        what=Value("failed", CharField()),
        payer=F("payer_id"),
        client=Subquery(first, UUIDField()),
        leads_to=F("payer_id"),
        word=F("code"),
        on_day=F("next_try_on"),
        brand=F("card__brand"),
        digits=F("card__last_four"),
    )


def _disputed(viewer: Viewer) -> QuerySet[Any, Any]:
    rows = Dispute.objects.filter(_seen(viewer), answered_at=None)
    return _columns(rows, **_of_charge("dispute"), word=F("state"), on_day=F("answer_by"))


def _not_refunded(viewer: Viewer) -> QuerySet[Any, Any]:
    rows = CardRefund.objects.filter(_seen(viewer), answered_at=None, state=RefundState.FAILED)
    return _columns(rows, **_of_charge("refund"), word=F("state"), on_day=Value(None, DateField()))


def _seen(viewer: Viewer) -> Q:
    return Q(charge__payment_id__in=payments_visible_to(viewer).values("pk"))


def _of_charge(what: str) -> dict[str, Any]:
    return {
        "what": Value(what, CharField()),
        "payer": F("charge__payer_id"),
        "client": F("charge__payment__client_id"),
        "leads_to": F("charge__payment_id"),
        "brand": F("charge__card__brand"),
        "digits": F("charge__card__last_four"),
    }


def _columns(rows: QuerySet[Any], **named: Any) -> QuerySet[Any, Any]:
    # names that no column of the three tables has
    given = {f"{name}_": value for name, value in named.items()}
    order = [name if name == "cents" else f"{name}_" for name in COLUMNS]
    found: QuerySet[Any, Any] = rows.annotate(**given).values_list(*order)
    return found

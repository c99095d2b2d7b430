"""A statement on paper: the account of one payer over a period, and how old is what is due."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kinbook.documents.render.words import LEFT, RIGHT, WIDE, Cell, Paper, Section, cash, on
from kinbook.rules.posting import Event


def statement_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of a statement."""
    facts = [(_("From"), on(content["from"])), (_("To"), on(content["to"]))]
    facts += [(_("For"), ", ".join(content["clients"]))] if content["clients"] else []
    facts += [(_("Balance"), cash(content, content["closing_cents"]))]
    sections = [_account(content)]
    if any(content["ages"]):
        sections.append(_ages(content))
    notes = []
    if content["credit_cents"]:
        amount = cash(content, content["credit_cents"])
        notes.append(_("You have %(amount)s in credit that is not applied to any invoice yet.") % {"amount": amount})
    if content["closing_cents"] < 0:
        notes.append(_("Your account is in credit: nothing is due."))
    return Paper(_("Statement"), _("For the account of"), facts, sections, notes)


def _account(content: dict[str, Any]) -> Section:
    balance = content["opening_cents"]
    rows: list[list[Cell]] = [[on(content["from"]), _("Balance brought forward"), "", cash(content, balance)]]
    sums: dict[str, int] = {}
    for move in content["moves"]:
        balance += move["cents"]
        kind = _sum_of(move["event"])
        sums[kind] = sums.get(kind, 0) + move["cents"]
        rows.append([on(move["on"]), _told(content, move), cash(content, move["cents"]), cash(content, balance)])
    return Section(
        columns=[(_("Date"), LEFT), (_("What"), WIDE), (_("Amount"), RIGHT), (_("Balance"), RIGHT)],
        rows=rows,
        sums=[
            (_("Opening balance"), cash(content, content["opening_cents"]), False),
            *((kind, cash(content, cents), False) for kind, cents in sums.items()),
            (_("Closing balance"), cash(content, content["closing_cents"]), True),
        ],
    )


def _told(content: dict[str, Any], move: dict[str, Any]) -> Cell:
    words = event_words(move["event"])
    if move["invoice"]:
        words = f"{words} · {move['invoice']}"
    if move["method"]:
        words = f"{words} · {method_words(move['method'])}"
    return [words, *(_line(content, line, alone=len(move["lines"]) == 1) for line in move["lines"])]


def _line(content: dict[str, Any], line: dict[str, Any], *, alone: bool) -> str:
    """Return one line of an invoice; alone, its amount is the invoice's and is not said twice."""
    who = [line["who"]] if len(content["clients"]) > 1 else []
    amount = [] if alone else [cash(content, line["cents"])]
    full = line["full_cents"]
    whole = [] if full is None else [_("of %(amount)s") % {"amount": cash(content, full)}]
    return " · ".join([on(line["on"]), *who, line["what"], *amount, *whole])


def _ages(content: dict[str, Any]) -> Section:
    names = [_("Not due yet"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days")]
    return Section(
        title=_("Open invoices by age"),
        columns=[(name, RIGHT) for name in names],
        rows=[[cash(content, cents) for cents in content["ages"]]],
    )


def _sum_of(event: str) -> str:
    """Return under which sum an event of the journal counts."""
    if event in {Event.ISSUED, Event.VOIDED}:
        return _("Invoiced")
    if event in {Event.PAID, Event.REVERSED, Event.ALLOCATED, Event.UNALLOCATED}:
        return _("Paid")
    if event in {Event.REFUNDED, Event.DISPUTE_LOST}:
        return _("Refunded")
    return _("Reduced by")


def event_words(event: str) -> str:
    """Return what a payer reads of an event of the journal; one that has no words yet is an adjustment."""
    return {
        Event.ISSUED: _("Invoice"),
        Event.VOIDED: _("Invoice canceled"),
        Event.PAID: _("Payment"),
        Event.REVERSED: _("Payment taken back"),
        Event.ALLOCATED: _("Payment"),
        Event.UNALLOCATED: _("Payment moved to credit"),
        Event.WRITTEN_OFF: _("Reduction"),
        Event.RESTORED: _("Reduction taken back"),
        Event.REFUNDED: _("Refund"),
        Event.DISPUTE_LOST: _("Payment taken back by the bank"),
        Event.CREDITED: _("Credit note"),
        Event.CREDIT_UNDONE: _("Credit note taken back"),
        Event.DISCOUNTED: _("Discount"),
        Event.DISCOUNT_UNDONE: _("Discount taken back"),
    }.get(Event(event) if event in set(Event) else Event.FEE, _("Adjustment"))


def method_words(method: str) -> str:
    """Return how money came."""
    return {
        "card": _("Card"),
        "cash": _("Cash"),
        "check": _("Check"),
        "bank_transfer": _("Bank transfer"),
        "external_card": _("Card"),
    }.get(method, _("Other"))

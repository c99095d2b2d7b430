"""Receipts and tax-year summaries on paper."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kinbook.documents.render.statement import event_words, method_words
from kinbook.documents.render.words import LEFT, RIGHT, WIDE, Cell, Paper, Section, cash, on
from kinbook.rules.posting import Event


def receipt_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of a receipt."""
    received = [(_("Received"), on(each["on"])) for each in content["money"] if each["event"] == Event.PAID]
    facts = [*received[:1], (_("How"), method_words(content["method"]))]
    facts += [(_("Reference"), content["reference"])] if content["reference"] else []
    facts += [(_("Tax ID"), content["practice"]["tax_id"])] if content["practice"]["tax_id"] else []
    facts += [(_("Amount"), cash(content, content["total_cents"]))]
    applied = sum(each["cents"] for each in content["applied"])
    sums = [(_("Total"), cash(content, content["total_cents"]), True)]
    if content["total_cents"] > applied:
        left = cash(content, content["total_cents"] - applied)
        sums.append((_("Of this not applied to any invoice yet"), left, False))
    sections = [
        Section(
            columns=[(_("Date"), LEFT), (_("What"), WIDE), (_("Amount"), RIGHT)],
            rows=[[on(each["on"]), _told(each), cash(content, each["cents"])] for each in content["money"]],
            sums=sums,
        )
    ]
    if content["applied"]:
        sections.append(
            Section(
                title=_("Applied to invoices"),
                columns=[(_("For"), WIDE), (_("Amount"), RIGHT)],
                rows=[[each["who"], cash(content, each["cents"])] for each in content["applied"]],
            )
        )
    return Paper(_("Receipt"), _("Received from"), facts, sections)


def _told(each: dict[str, Any]) -> str:
    return _("Payment, thank you") if each["event"] == Event.PAID else event_words(each["event"])


def tax_year_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of a year's summary."""
    facts = [(_("Year"), str(content["year"]))]
    facts += [(_("Tax ID"), content["practice"]["tax_id"])] if content["practice"]["tax_id"] else []
    facts += [(_("Paid in all"), cash(content, content["total_cents"]))]
    rows: list[list[Cell]] = []
    for row in content["rows"]:
        words = event_words(row["event"])
        what = f"{words} · {method_words(row['method'])}" if row["method"] else words
        parts = [f"{part['who']}: {cash(content, part['cents'])}" for part in row["parts"]]
        rows.append([on(row["on"]), [what, *parts], cash(content, row["cents"])])
    sums = [(each["who"], cash(content, each["cents"]), False) for each in content["by_client"]]
    if content["rest_cents"]:
        sums.append((_("Not applied to any invoice"), cash(content, content["rest_cents"]), False))
    sums.append((_("Paid in all"), cash(content, content["total_cents"]), True))
    columns = [(_("Date"), LEFT), (_("What"), WIDE), (_("Amount"), RIGHT)]
    notes = [_("Amounts paid to the practice in the calendar year, less what was refunded in it. Not tax advice.")]
    heading = _("Summary of payments %(year)s") % {"year": content["year"]}
    return Paper(heading, _("Paid by"), facts, [Section(columns=columns, rows=rows, sums=sums)], notes)

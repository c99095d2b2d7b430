"""A proof of expense on paper: what one parent paid, and what is owed of it under the order on file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kinbook.documents.render.statement import method_words
from kinbook.documents.render.words import LEFT, RIGHT, WIDE, Cell, Paper, Section, cash, on


def proof_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of a proof."""
    order = content["order"]
    facts = [(_("Child"), content["client"]["name"])]
    facts += [(_("Payments from"), on(content["from"])), (_("To"), on(content["to"]))]
    facts += [(_("Order of"), on(order["on"])), (_("Court"), order["court"])]
    facts += [(_("Case number"), order["number"])] if order["number"] else []
    facts += [(_("Made on"), on(content["made_on"])), (_("To be sent by"), on(content["send_by"]))]
    notes = [
        _("These are payments received by the practice from the person named above, for the services listed."),
        _(
            "What is owed is computed from these payments and the percentages of the order alone. It takes no account "
            "of anything paid by anybody else, and the practice collects none of it."
        ),
    ]
    return Paper(_("Proof of expense"), _("Paid by"), facts, [_items(content), _owed(content)], notes)


def _items(content: dict[str, Any]) -> Section:
    rows: list[list[Cell]] = [
        [
            on(item["on"]),
            [item["what"], item["provider"]] if item["provider"] else item["what"],
            [on(item["paid_on"]), method_words(item["method"])],
            on(item["send_by"]),
            cash(content, item["cents"]),
        ]
        for item in content["items"]
    ]
    return Section(
        columns=[
            (_("Date of service"), LEFT),
            (_("Service and provider"), WIDE),
            (_("Paid on"), LEFT),
            (_("Send by"), LEFT),
            (_("Amount paid"), RIGHT),
        ],
        rows=rows,
        sums=[(_("Paid in all"), cash(content, content["total_cents"]), True)],
    )


def _owed(content: dict[str, Any]) -> Section:
    named = [content["own"], *content["owed"]]
    return Section(
        title=_("Under the order"),
        columns=[(_("As named in the order"), WIDE), (_("Percentage"), RIGHT), (_("Part of the amount paid"), RIGHT)],
        rows=[[each["name"], _percent(each["percent"]), cash(content, each["cents"])] for each in named],
        sums=[
            (
                _("Owed by %(owes)s to %(paid)s") % {"owes": each["name"], "paid": content["own"]["name"]},
                cash(content, each["cents"]),
                True,
            )
            for each in content["owed"]
        ],
    )


def _percent(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"

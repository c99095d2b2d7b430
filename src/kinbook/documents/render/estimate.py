"""A good-faith estimate on paper, with what the law wants said (45 CFR 149.610)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kinbook.documents.render.superbill import diagnoses, providers
from kinbook.documents.render.words import LEFT, RIGHT, WIDE, Cell, Paper, Section, cash, on


def estimate_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of an estimate."""
    practice, client = content["practice"], content["client"]
    facts = [(_("Client"), client["name"])]
    facts += [(_("Date of birth"), on(client["born"]))] if client["born"] else []
    facts += [(_("From"), on(content["from"])), (_("To"), on(content["to"])), (_("Made on"), on(content["made_on"]))]
    facts += [(_("Tax ID"), practice["tax_id"])] if practice["tax_id"] else []
    facts += [(_("NPI"), practice["npi"])] if practice["npi"] else []
    places = (
        Section(text=_("Where: %(places)s") % {"places": "; ".join(content["places"])}) if content["places"] else None
    )
    sections = [*providers(content), *diagnoses(content), *([places] if places else []), _lines(content)]
    return Paper(_("Good-faith estimate"), _("Estimate for"), facts, sections, _notes())


def _lines(content: dict[str, Any]) -> Section:
    rows: list[list[Cell]] = []
    for line in content["lines"]:
        amount: Cell = cash(content, line["cents"])
        if line["full_cents"] is not None:
            amount = [str(amount), _("of %(amount)s") % {"amount": cash(content, line["full_cents"])}]
        what: Cell = [f"{line['code']} · {line['what']}" if line["code"] else line["what"], line["provider"]]
        rows.append([on(line["on"]), what, amount])
    return Section(
        columns=[(_("Date"), LEFT), (_("Expected service"), WIDE), (_("Expected charge to you"), RIGHT)],
        rows=rows,
        sums=[(_("Expected in all"), cash(content, content["total_cents"]), True)],
    )


def _notes() -> list[str]:
    return [
        _(
            "This estimate shows what is reasonably expected for these services as they are booked now. It does not "
            "include anything unexpected that may arise during treatment. You could be charged more if that happens; "
            "other services may be recommended and are estimated separately."
        ),
        _(
            "If you are billed at least $400 more than this estimate, you have the right to dispute the bill. You may "
            "ask the practice to correct it, or start a dispute with the U.S. Department of Health and Human Services "
            "within 120 days of the date on the bill; a fee of $25 applies. See www.cms.gov/nosurprises or call "
            "1-800-985-3059."
        ),
        _("This estimate is not a contract. It does not oblige you to obtain the services. Keep a copy of it."),
    ]

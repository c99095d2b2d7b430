"""A superbill on paper: service dates with codes and provider, the payer's share, and what this payer paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kinbook.documents.render.words import LEFT, RIGHT, WIDE, Cell, Paper, Section, cash, on

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "•••"


def superbill_paper(content: dict[str, Any]) -> Paper:
    """Return the paper of a superbill."""
    practice, client = content["practice"], content["client"]
    facts = [(_("Client"), client["name"])]
    facts += [(_("Date of birth"), on(client["born"]))] if client["born"] else []
    facts += [(_("From"), on(content["from"])), (_("To"), on(content["to"]))]
    facts += [(_("Tax ID"), practice["tax_id"])] if practice["tax_id"] else []
    facts += [(_("NPI"), practice["npi"])] if practice["npi"] else []
    sections = [*providers(content), *diagnoses(content), _lines(content)]
    notes = [_("For your insurer. This is not a bill.")]
    return Paper(_("Superbill"), _("Paid by"), facts, sections, notes)


def providers(content: dict[str, Any]) -> Iterable[Section]:
    """Yield who provides the services, with license and number, where anybody does."""
    if not content["providers"]:
        return
    yield Section(
        columns=[(_("Provider"), WIDE), (_("License"), LEFT), (_("NPI"), RIGHT)],
        rows=[[each["name"], each["license"] or "–", each["npi"] or "–"] for each in content["providers"]],
    )


def diagnoses(content: dict[str, Any]) -> Iterable[Section]:
    """Yield the diagnosis codes, where there are any."""
    if not content["diagnoses"]:
        return
    yield Section(
        columns=[(_("Diagnosis (ICD-10)"), LEFT), (_("Description"), WIDE)],
        rows=[[each["code"], each["what"]] for each in content["diagnoses"]],
    )


def _lines(content: dict[str, Any]) -> Section:
    rows: list[list[Cell]] = [
        [
            on(line["on"]),
            _coded(line),
            line["place"] or "–",
            ", ".join(line["diagnoses"]) or "–",
            str(line["units"]),
            _charged(content, line),
            cash(content, line["paid_cents"]),
        ]
        for line in content["lines"]
    ]
    return Section(
        columns=[
            (_("Date"), LEFT),
            (_("Service (CPT)"), WIDE),
            (_("Place"), LEFT),
            (_("Diagnosis"), LEFT),
            (_("Units"), RIGHT),
            (_("Charge"), RIGHT),
            (_("Paid"), RIGHT),
        ],
        rows=rows,
        sums=[
            (_("Charges"), cash(content, content["total_cents"]), False),
            (_("Paid"), cash(content, content["paid_cents"]), False),
            (_("Balance"), cash(content, content["total_cents"] - content["paid_cents"]), True),
        ],
    )


def _coded(line: dict[str, Any]) -> Cell:
    code = "-".join(part for part in (line["code"], line["modifiers"]) if part)
    return [f"{code or '–'} · {line['what']}", line["provider"]]


def _charged(content: dict[str, Any], line: dict[str, Any]) -> Cell:
    amount = cash(content, line["cents"])
    if line.get("full_cents") is None:
        return amount
    return [amount, _("of %(amount)s") % {"amount": cash(content, line["full_cents"])}]


def without_codes(content: dict[str, Any]) -> dict[str, Any]:
    """Return what a superbill says to a member who may not see diagnoses; the payer's paper has them."""
    lines = [{**line, "diagnoses": [HIDDEN] if line.get("diagnoses") else []} for line in content["lines"]]
    return {**content, "lines": lines, "diagnoses": []}

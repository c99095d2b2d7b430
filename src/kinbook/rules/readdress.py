"""Giving the shares of one invoice to a named payer or rule: what each share becomes (WHO_PAYS, Re-address)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules import words
from kinbook.rules.decide import Undecided, given_by
from kinbook.rules.facts import PayerKind, Share, Source
from kinbook.rules.periods import spoken_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import PayerId, Rule
    from kinbook.rules.books import Page
    from kinbook.rules.facts import Charge, Payer


def readdressed_share(
    share: Share, rule: Rule, charge: Charge, payers: Mapping[PayerId, Payer], page: Page, *, by: str, why: str
) -> list[Share]:
    """Return the shares one share becomes under a rule, and enter them into the page of this re-address.

    Turns and cents count within the invoice, from zero. The practice reads who had the share and why it moved; the
    new payer's papers say neither.
    """
    before = payers[share.payer].name
    reason = f"Re-addressed from {before} by {by}: “{why}”"
    own = words.own_override_reason(charge)
    given = given_by(rule.method, share.cents, charge, page, payers)
    page.turns[given[0].payer] += 1
    for payer, cents, _ in given:
        page.given[payer] += cents
    return [Share(payer, cents, reason, own, Source.READDRESS) for payer, cents, _ in given if cents]


def refuse_gone(charge: Charge, shares: list[Share], payers: Mapping[PayerId, Payer]) -> None:
    """Refuse to bill somebody whose contact link had ended by the charge's date."""
    for share in shares:
        until = payers[share.payer].until
        if until is not None and until <= charge.on:
            raise Undecided(f"{payers[share.payer].name} was not a contact any more on {spoken_day(charge.on)}.")


def refuse_guardians(charge: Charge, shares: list[Share], payers: Mapping[PayerId, Payer], *, allowed: bool) -> None:
    """Refuse to bill a guardian for a confidential charge where the practice does not allow it."""
    if charge.confidential and not allowed:
        for share in shares:
            if payers[share.payer].kind is PayerKind.CONTACT:
                raise Undecided("Confidential to the client: choose the client or an organization.")

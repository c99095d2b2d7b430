"""Giving the shares of one invoice to a named payer or rule: what each share becomes (WHO_PAYS, Re-address)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules import words
from kinbook.rules.arrangement import ByAmount, ByPercent, Single
from kinbook.rules.books import Page
from kinbook.rules.decide import Undecided, given_by
from kinbook.rules.facts import PayerKind, Share, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import PayerId, Rule
    from kinbook.rules.facts import Charge, Payer


def readdressed_share(
    share: Share, rule: Rule, charge: Charge, payers: Mapping[PayerId, Payer], *, by: str, why: str
) -> list[Share]:
    """Return the shares one share becomes under a rule that names one payer, percents or amounts.

    The practice reads who had it and why it moved; the new payer's papers say neither.
    """
    if not isinstance(rule.method, (Single, ByPercent, ByAmount)):
        raise Undecided("Re-address to one payer, by percent or by amounts.")
    before = payers[share.payer].name
    reason = f"Re-addressed from {before} by {by}: “{why}”"
    own = words.own_override_reason(charge)
    return [
        Share(payer, cents, reason, own, Source.READDRESS)
        for payer, cents, _ in given_by(rule.method, share.cents, charge, Page(), payers)
        if cents
    ]


def refuse_guardians(charge: Charge, shares: list[Share], payers: Mapping[PayerId, Payer], *, allowed: bool) -> None:
    """Refuse to bill a guardian for a confidential charge where the practice does not allow it."""
    if charge.confidential and not allowed:
        for share in shares:
            if payers[share.payer].kind is PayerKind.CONTACT:
                raise Undecided("Confidential to the client: choose the client or an organization.")

"""Why a card was not charged, in words, and when a failed automatic payment is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

TRIES = (1, 3, 5)
"""Days after the first try on which a failed automatic payment is tried again; then somebody is told."""

FOR_GOOD = frozenset(
    {"expired_card", "lost_card", "stolen_card", "pickup_card", "authentication_required", "invalid_account"}
    | {"card_not_supported", "incorrect_number", "invalid_number", "no_account", "account_closed", "not_theirs"}
)
"""What no waiting mends: the payer must do something first."""

WORDS = {
    "insufficient_funds": "the account has too little money",
    "card_velocity_exceeded": "the card's own limit is reached",
    "expired_card": "the card has expired",
    "incorrect_cvc": "the security code is wrong",
    "lost_card": "the bank refused the card: call it",
    "stolen_card": "the bank refused the card: call it",
    "pickup_card": "the bank refused the card: call it",
    "authentication_required": "the bank wants the cardholder to confirm",
    "wrong_key": "the practice's card processor does not accept the keys",
    "changed": "the invoice was changed meanwhile",
    "not_sent": "it did not reach the card processor",
    "no_card": "the card was removed",
}
OTHERWISE = "the bank declined it"


def in_words(code: str) -> str:
    """Return why a charge failed, as the end of a sentence."""
    return WORDS.get(code, OTHERWISE)


def next_try(first_on: date, attempt: int, code: str) -> date | None:
    """Return the day of the next try after the attempt of this number (from 1) failed; None where none follows."""
    if code in FOR_GOOD or attempt > len(TRIES):
        return None
    return first_on + timedelta(days=TRIES[attempt - 1])

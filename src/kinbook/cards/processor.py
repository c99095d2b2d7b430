"""The card processor, asked through its own library: each call has a time limit, and says when it has no answer.

Nothing here reads or writes the database, so that no transaction waits for somebody else's machine.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TIME_LIMIT = 10
"""Seconds until a call counts as not answered."""
DEBIT, EURO_DEBIT = "us_bank_account", "sepa_debit"


class NoAnswer(Exception):
    """Nobody knows whether it happened: it took too long, the connection broke, or the processor failed."""


class Turned(Exception):
    """The processor said no. `code` is its own word for why; nothing was charged."""

    def __init__(self, code: str, said: str) -> None:
        """Keep the processor's word and sentence."""
        super().__init__(code)
        self.code = code
        self.said = said


@dataclass(frozen=True, slots=True)
class Account:
    """The practice's keys, as they are used."""

    publishable: str
    secret: str
    webhook_secret: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A card or bank account, of which the last four digits are told and no more."""

    id: str
    kind: str
    brand: str
    last_four: str
    exp_month: int | None
    exp_year: int | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A charge at the processor: it is made first, which moves nothing, and confirmed second.

    `status` is one of succeeded, processing, declined, wants_cardholder, waiting (never confirmed), cancelled.
    """

    id: str
    status: str
    fee_cents: int | None = None
    code: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """A card being typed in by its holder: what the browser needs for it, and what came of it."""

    id: str
    secret: str
    is_done: bool = False
    method_id: str = ""
    customer: str = ""


@cache
def _library() -> Any:
    import stripe  # not at start: it takes long to load

    stripe.enable_telemetry = False
    return stripe


def _client(account: Account) -> Any:
    stripe = _library()
    return stripe.StripeClient(
        account.secret,
        base_addresses={"api": settings.STRIPE_API},
        http_client=stripe.RequestsClient(timeout=TIME_LIMIT),
        max_network_retries=0,  # our own jobs try again, with what they know by then
    ).v1


@contextmanager
def _asked() -> Iterator[None]:
    """Tell a refusal from no answer."""
    stripe = _library()
    try:
        yield
    except stripe.CardError as refused:
        code = str(getattr(refused.error, "decline_code", None) or refused.code or "card_declined")
        raise Turned(code, str(refused.user_message or "")) from refused
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as lost:
        raise NoAnswer from lost
    except stripe.AuthenticationError as refused:
        raise Turned("wrong_key", "The keys are not accepted.") from refused
    except stripe.StripeError as refused:
        if refused.http_status is None or refused.http_status >= 500:
            raise NoAnswer from refused
        raise Turned(str(refused.code or "refused"), str(refused.user_message or "")) from refused


def test_keys(account: Account) -> bool:
    """Ask something harmless with the keys; returns whether they are for real money."""
    with _asked():
        _client(account).balance.retrieve()
    return account.secret.startswith(("sk_live", "rk_live"))


def make_customer(account: Account, *, payer_id: str, key: str) -> str:
    """Have an entry for a payer; the processor learns an id of ours, no name."""
    with _asked():
        made = _client(account).customers.create({"metadata": {"payer": payer_id}}, {"idempotency_key": key})
    return str(made.id)


def begin_set_up(account: Account, *, customer: str, kind: str) -> SetUp:
    """Begin to keep a card: its holder types it in at the processor."""
    values = {"customer": customer, "usage": "off_session", "payment_method_types": [kind]}
    with _asked():
        made = _client(account).setup_intents.create(values)
    return SetUp(str(made.id), str(made.client_secret))


def set_up_of(account: Account, set_up_id: str) -> SetUp:
    """Return what came of it."""
    with _asked():
        found = _client(account).setup_intents.retrieve(set_up_id)
    is_done = found.status == "succeeded"
    return SetUp(str(found.id), "", is_done, str(found.payment_method or ""), str(found.customer or ""))


def keep_method(account: Account, *, method_id: str, customer: str) -> Method:
    """Tie a card to its payer's entry where that is not done yet, and return what is told of it."""
    client = _client(account)
    with _asked():
        found = client.payment_methods.retrieve(method_id)
        if found.customer is None:
            found = client.payment_methods.attach(method_id, {"customer": customer})
    if found.customer != customer:
        raise Turned("not_theirs", "This card belongs to somebody else.")
    return _method(found)


def _method(found: Any) -> Method:
    if found.type in {DEBIT, EURO_DEBIT}:
        account = getattr(found, found.type)
        name = getattr(account, "bank_name", None) or getattr(account, "bank_code", None) or ""
        return Method(str(found.id), "bank", str(name), str(account.last4), None, None)
    card = found.card
    return Method(str(found.id), "card", str(card.brand), str(card.last4), int(card.exp_month), int(card.exp_year))


def bank_type(currency: str) -> str:
    """Return how the processor calls a debit of a bank account in a currency."""
    return EURO_DEBIT if currency == "EUR" else DEBIT


def forget_method(account: Account, method_id: str) -> None:
    """Let the processor forget a card; one it does not know is forgotten already."""
    try:
        with _asked():
            _client(account).payment_methods.detach(method_id)
    except Turned:
        return


def make_intent(
    account: Account, *, cents: int, currency: str, customer: str, method: str, types: list[str], charge_id: str
) -> Intent:
    """Make a charge that moves nothing until it is confirmed; the same charge of ours is made once."""
    values = {
        "amount": cents,
        "currency": currency.lower(),
        "customer": customer,
        "payment_method": method,
        "payment_method_types": types,
        "metadata": {"charge": charge_id},
    }
    with _asked():
        return _intent(_client(account).payment_intents.create(values, {"idempotency_key": charge_id}))


def confirm_intent(account: Account, intent_id: str) -> Intent:
    """Charge it: an intent can succeed once only, however often it is confirmed."""
    client = _client(account)
    try:
        with _asked():
            client.payment_intents.confirm(intent_id, {"off_session": True}, {"idempotency_key": f"{intent_id}-go"})
    except Turned as refused:
        found = look_up(account, intent_id)
        return found if found.status != "declined" else Intent(intent_id, "declined", None, refused.code, refused.said)
    return look_up(account, intent_id)


def look_up(account: Account, intent_id: str) -> Intent:
    """Return how a charge stands."""
    with _asked():
        return _intent(
            _client(account).payment_intents.retrieve(intent_id, {"expand": ["latest_charge.balance_transaction"]})
        )


def cancel_intent(account: Account, intent_id: str) -> Intent:
    """Make sure that a charge never happens; one that happened already stays as it is."""
    client = _client(account)
    try:
        with _asked():
            client.payment_intents.cancel(intent_id)
    except Turned:
        return look_up(account, intent_id)
    return Intent(intent_id, "cancelled")


STATUSES: Mapping[str, str] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "requires_payment_method": "declined",
    "requires_action": "wants_cardholder",
    "requires_confirmation": "waiting",
    "canceled": "cancelled",
}


def _intent(found: Any) -> Intent:
    error = getattr(found, "last_payment_error", None)
    code = str(getattr(error, "decline_code", None) or getattr(error, "code", None) or "")
    return Intent(
        str(found.id), STATUSES.get(found.status, "processing"), _fee(found), code, str(getattr(error, "message", ""))
    )


def _fee(found: Any) -> int | None:
    """Return what the processor keeps, in cents; None while it does not say."""
    booked = getattr(getattr(found, "latest_charge", None), "balance_transaction", None)
    fee = getattr(booked, "fee", None)
    return int(fee) if fee is not None else None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund at the processor: pending, succeeded or failed."""

    id: str
    status: str


def refund(account: Account, *, intent_id: str, cents: int, refund_id: str) -> GivenBack:
    """Give money back to the card it came from; the same refund of ours is given once.

    What an earlier try did is found by our id first: keys are forgotten by the processor after a day.
    """
    client = _client(account)
    with _asked():
        for each in client.refunds.list({"payment_intent": intent_id, "limit": 100}):
            if getattr(each.metadata, "refund", None) == refund_id:
                return GivenBack(str(each.id), str(each.status))
        values = {"payment_intent": intent_id, "amount": cents, "metadata": {"refund": refund_id}}
        made = client.refunds.create(values, {"idempotency_key": refund_id})
    return GivenBack(str(made.id), str(made.status))


def read_event(account: Account, body: bytes, signature: str) -> dict[str, Any] | None:
    """Return what the processor tells, or None where it is not the processor who says so, or says it too late."""
    import json

    stripe = _library()
    if not account.webhook_secret:
        return None
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, account.webhook_secret, tolerance=300)
        found = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError):
        return None
    return found if isinstance(found, dict) else None

"""The demo's card processor: localstripe on the loopback address only, its data kept in a file of the installation.

A process of its own, for the demo and the tests. Nothing of Kinbook imports it or localstripe, which is under the GPL.
What localstripe lacks and Stripe has is made up for here: idempotency keys, fees, and who is absent when confirming.
"""

import argparse
import json
import pickle
import time
from pathlib import Path

from aiohttp import web
from localstripe import resources, server, webhooks

FEE_PER_MILLE, FEE_CENTS = 29, 30
"""What is kept of a charge, as Stripe's usual price in the United States: 2.9 % and 30 cents."""
answers: dict[str, tuple[int, bytes]] = {}


def keep_in(path: Path) -> None:
    """Keep what localstripe knows in a file of ours, where it would use one for the whole machine."""

    def dump(store: resources.Store) -> None:
        partial = path.with_suffix(".partial")
        partial.write_bytes(pickle.dumps(dict(store), protocol=pickle.HIGHEST_PROTOCOL))
        partial.replace(path)

    resources.Store.dump_to_disk = dump
    if path.exists():
        dict.update(resources.store, pickle.loads(path.read_bytes()))  # noqa: S301 - our own file


def take_fees() -> None:
    """Keep a fee of each charge."""
    make = resources.BalanceTransaction.__init__

    def made(self: resources.BalanceTransaction, **values: object) -> None:
        make(self, **values)
        if self.type == "charge":
            self.fee = self.amount * FEE_PER_MILLE // 1000 + FEE_CENTS

    resources.BalanceTransaction.__init__ = made


def know_brands() -> None:
    """Tell a card's brand by its first digit, as they are told; localstripe calls every card a Visa."""
    make = resources.PaymentMethod.__init__

    def made(self: resources.PaymentMethod, **values: object) -> None:
        make(self, **values)
        if self.type == "card":
            self.card["brand"] = {"5": "mastercard", "3": "amex", "6": "discover"}.get(self._card_number[0], "visa")
            self.card["fingerprint"] = self.id

    resources.PaymentMethod.__init__ = made


@web.middleware
async def like_stripe(request: web.Request, handler) -> web.StreamResponse:  # noqa: ANN001
    """Answer the same key with the same answer, and take `off_session` when an intent is confirmed."""
    if request.path.endswith("/confirm") and request.path.startswith("/v1/payment_intents/"):
        data = await server.get_post_data(request) or {}
        data.pop("off_session", None)
        request._read_bytes = json.dumps(data).encode()
        request._post = None
    key = request.headers.get("Idempotency-Key", "")
    if key in answers:
        status, body = answers[key]
        return web.Response(status=status, body=body, content_type="application/json")
    response = await handler(request)
    if key and response.status < 500:
        answers[key] = response.status, bytes(response.body)
    return response


@web.middleware
async def after_a_second_at_most(request: web.Request, handler) -> web.StreamResponse:  # noqa: ANN001
    """Tell when this server is ready."""
    return web.Response(text="ready") if request.path == "/_ready" else await handler(request)


def serve(host: str, port: int, path: Path, *more: object) -> None:
    """Serve until told to stop."""
    keep_in(path)
    take_fees()
    know_brands()
    server.app.middlewares[:0] = [*more, after_a_second_at_most, like_stripe]
    sent = webhooks._send_webhook

    async def send(event: object) -> None:
        event.created = int(time.time())  # the signature's age is looked at
        await sent(event)

    webhooks._send_webhook = send
    web.run_app(server.app, host=host, port=port, print=None, access_log=None, handle_signals=True)


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--data", type=Path, required=True)
    asked = words.parse_args()
    serve("127.0.0.1", asked.port, asked.data)

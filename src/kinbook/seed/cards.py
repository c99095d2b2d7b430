"""The demo's cards: keys of the processor that runs beside it, a card for some parents, AutoPay for one of them."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.urls import reverse

from kinbook.cards.commands.autopay import set_autopay
from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.commands.carry_on import carry_on, customer_of
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.commands.keys import set_keys
from kinbook.cards.models import Card, Keys
from kinbook.cards.processor import NoAnswer, Turned, keep_method
from kinbook.cards.queries.keys import account
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.send import send_invoice
from kinbook.invoices.commands.settle import Settles
from kinbook.people.models import Client, Party
from kinbook.rules.reading import read_rule
from kinbook.team.queries import acting_for, practice_ids
from kinbook.tenancy.refused import Refused
from kinbook.whopays.commands.by_hand import add_charge

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.invoices.models import Invoice
    from kinbook.tenancy.viewer import Viewer

# keys of no account: the server on this machine takes any that look like one
KEYS = {
    "publishable": "pk_test_demo_of_kinbook",
    "secret": "sk_test_demo_of_kinbook",
    "webhook_secret": "whsec_demo_of_kinbook",
}
GOOD, DECLINED = "pm_card_visa", "pm_card_chargeCustomerFail"
"""The processor's own names for cards to try with: no number stands here."""
WAITS = 10


def keep_cards() -> None:
    """Enter the keys, and cards where there are none yet; name Kinbook's address to the processor at each start."""
    practice_id = practice_ids()[0]
    if not _is_ready():
        return
    _hear(practice_id)
    with acting_for(practice_id, None, now=_now()) as viewer:
        if Keys.objects.exists():
            return
        set_keys(viewer, **KEYS)
    try:
        _story(practice_id)
    except (Refused, NoAnswer, Turned):
        return  # the demo stands without it


def _now() -> datetime:
    return datetime.now(UTC)


def _is_ready() -> bool:
    place = urlsplit(settings.STRIPE_API)
    until = time.monotonic() + WAITS
    while time.monotonic() < until:
        try:
            with socket.create_connection((place.hostname or "", place.port or 80), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _hear(practice_id: UUID) -> None:
    """Tell the processor where to tell what happens."""
    told = f"url=http://127.0.0.1:{settings.PORT}{reverse('cards:stripe', args=[practice_id])}"
    words = f"{told}&secret={KEYS['webhook_secret']}".encode()
    with urlopen(Request(f"{settings.STRIPE_API}/_config/webhooks/demo", data=words), timeout=5):  # noqa: S310
        pass


def _story(practice_id: UUID) -> None:
    """Ana keeps a card and pays for Leo by itself. Ben's first card was declined: he keeps another, and has a link."""
    people = _people(practice_id, "Ana", "Ben")
    card = _keep(practice_id, people["Ana"], GOOD, "Everyday card")
    declined = _keep(practice_id, people["Ben"], DECLINED, "Old card")
    with acting_for(practice_id, None, now=_now()) as viewer:
        leo = _leo()
        set_autopay(viewer, card=card, client_id=leo)
        invoice = _bill_copies(viewer, leo, people["Ben"])
        parts = [Settles(invoice.pk, invoice.total_cents)]
        asked = ask_charge(viewer, card=declined, parts=parts, token="demo")  # noqa: S106 - of a form
    carry_on(practice_id, asked.pk, _now)
    _keep(practice_id, people["Ben"], GOOD, "Workshop")


def _bill_copies(viewer: Viewer, client_id: UUID, payer_id: UUID) -> Invoice:
    """Invoice what Ben alone asked for, and mail it: its letter shows what a Pay link is."""
    rule = read_rule({"mode": "single", "payers": [str(payer_id)]})
    charge = add_charge(
        viewer,
        client_id=client_id,
        kind="fee",
        description="Copies of the record, asked for by Ben",
        cents=2500,
        on=viewer.today,
        rule=rule,
    )
    (invoice,) = issue_charges(viewer, client_id=client_id, charge_ids=[charge.pk])
    send_invoice(viewer, invoice=invoice)
    return invoice


def _people(practice_id: UUID, *names: str) -> dict[str, UUID]:
    with acting_for(practice_id, None, now=_now()):
        rows = Party.objects.filter(last_name="Ortiz", first_name__in=names)
        return dict(rows.values_list("first_name", "pk"))


def _leo() -> UUID:
    """Return Leo Ortiz, the client."""
    return Client.objects.values_list("pk", flat=True).get(party__first_name="Leo", party__last_name="Ortiz")


def _keep(practice_id: UUID, payer_id: UUID, method_id: str, nickname: str) -> Card:
    with acting_for(practice_id, None, now=_now()):
        keys = account()
    customer = customer_of(practice_id, payer_id, keys, _now)
    method = keep_method(keys, method_id=method_id, customer=customer)
    with acting_for(practice_id, None, now=_now()) as viewer:
        return add_card(viewer, payer_id=payer_id, method=method, terms=CardTerms(nickname))

"""A practice with keys at a processor on this machine, and a parent's card; every call goes over real HTTP."""

import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
import requests

from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.commands.carry_on import carry_on, customer_of
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.commands.keys import set_keys
from kinbook.cards.models import CardCharge
from kinbook.cards.processor import keep_method
from kinbook.cards.queries.keys import account
from kinbook.invoices.commands.settle import Settles
from tests.money import invoiced

GOOD, DECLINED = "pm_card_visa", "pm_card_chargeCustomerFail"
SIGNING = "whsec_signing_secret_of_tests"
KEYS = {"publishable": "pk_test_of_tests", "secret": "sk_test_of_tests", "webhook_secret": SIGNING}


class Server:
    """The processor: where it is, and what trouble it makes."""

    def __init__(self, url):
        self.url = url

    def makes(self, kind, path=".*", times=1, seconds=0):
        """Let the next calls of a path go wrong: broken, slow, lost (done, but not answered) or away."""
        told = [{"kind": kind, "path": path, "times": times, "seconds": seconds}]
        requests.post(f"{self.url}/_trouble", json=told, timeout=5)

    def behaves(self):
        requests.post(f"{self.url}/_trouble", json=[], timeout=5)

    def intents(self):
        """Everything it was asked to charge, with what became of it."""
        words = {"Authorization": "Bearer sk_test_of_tests"}
        return requests.get(f"{self.url}/v1/payment_intents?limit=100", headers=words, timeout=5).json()["data"]

    def charged(self):
        return sum(each["amount"] for each in self.intents() if each["status"] == "succeeded")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def running_server(tmp_path_factory):
    port, kept = free_port(), tmp_path_factory.mktemp("processor") / "kept.pickle"
    with subprocess.Popen([sys.executable, "-m", "tests.cards.server", str(port), str(kept)]) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                requests.get(f"{url}/_ready", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield Server(url)
        process.terminate()


@pytest.fixture
def server(running_server, settings):
    requests.delete(f"{running_server.url}/_config/data", timeout=5)
    running_server.behaves()
    settings.STRIPE_API = running_server.url
    settings.STRIPE_SCRIPT = f"{running_server.url}/js.stripe.com/v3/"
    return running_server


class Cards:
    """What tests do with cards, in few words."""

    def __init__(self, cast):
        self.cast = cast
        self.now = cast.now

    def clock(self):
        return self.now

    def add(self, name, method=GOOD, **terms):
        """Let somebody of the family keep a card."""
        with self.cast.as_("owner"):
            keys = account()
        customer = customer_of(self.cast.practice_id, self.cast.people[name], keys, self.clock)
        found = keep_method(keys, method_id=method, customer=customer)
        with self.cast.as_("owner", self.now) as viewer:
            return add_card(viewer, payer_id=self.cast.people[name], method=found, terms=CardTerms(**terms))

    def ask(self, card, invoice, cents=None, by="owner", **more):
        with self.cast.as_(by, self.now) as viewer:
            parts = [Settles(invoice.pk, cents or invoice.total_cents)]
            return ask_charge(viewer, card=card, parts=parts, **more)

    def carry(self, charge):
        """Carry a charge on, and return it as it stands."""
        carry_on(self.cast.practice_id, charge.pk, self.clock)
        return self.look(charge)

    def look(self, charge):
        with self.cast.as_("owner", self.now):
            return CardCharge.objects.get(pk=charge.pk)

    def charge(self, card, invoice, cents=None, **more):
        return self.carry(self.ask(card, invoice, cents, **more))


@pytest.fixture
def keyed(server, cast):
    """The practice, which takes cards."""
    with cast.as_("owner") as viewer:
        set_keys(viewer, **KEYS)
    return Cards(cast)


@pytest.fixture
def billed(keyed):
    """Ana, who has a card and owes 120.00 for Mia."""
    cast = keyed.cast
    with cast.as_("owner") as viewer:
        (keyed.invoice,) = invoiced(cast, viewer, 2)
    keyed.card = keyed.add("ana")
    return keyed


def now():
    return datetime.now(UTC)

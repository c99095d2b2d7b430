"""The process killed on the way of a charge, as a machine loses power: charged once, booked once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from kinbook.cards.commands.keys import set_keys
from kinbook.cards.models import State
from kinbook.payments.models import Payment
from tests.cards.conftest import KEYS, Cards
from tests.cli.installation import environment
from tests.money import invoiced, promises_hold, standing


@pytest.fixture
def lasting(lasting_cast, server):
    cards = Cards(lasting_cast)
    cards.now = datetime.now(UTC)
    with lasting_cast.as_("owner") as viewer:
        set_keys(viewer, **KEYS)
        (cards.invoice,) = invoiced(lasting_cast, viewer, 2)
    cards.card = cards.add("ana")
    return cards


@pytest.mark.slow
@pytest.mark.parametrize("place", ["make_intent", "confirm_intent", "apply_intent"])
def test_carried_on_it_is_charged_and_booked_once(lasting, server, place):
    charge = lasting.ask(lasting.card, lasting.invoice)
    words = [sys.executable, "-m", "tests.cards.killed", str(charge.practice_id), str(charge.pk), place]
    env = environment(KINBOOK_STRIPE_API=server.url)
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "now\n"
        os.kill(process.pid, signal.SIGKILL)
    with lasting.cast.as_("owner"):
        assert not Payment.objects.exists()
        promises_hold(lasting.cast)
    for _ in range(3):
        assert lasting.carry(charge).state == State.SUCCEEDED
    assert server.charged() == 120_00
    with lasting.cast.as_("owner"):
        assert Payment.objects.count() == 1
        assert standing(lasting.cast, "ana") == (0, 0)
        promises_hold(lasting.cast)

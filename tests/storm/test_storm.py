"""Random deeds with money, many writers at once, some killed in between: not a cent is lost, doubled or moved.

Short here; `python -m tests.storm --steps 5000` for as long as wished.
"""

import json
import os
import random
import subprocess
import sys

import pytest
from beancount import loader
from beancount.core import realization
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kinbook.config.verify import differences
from kinbook.ledger.beancount import account_name, beancount_file
from kinbook.ledger.journal import JournalLine
from kinbook.ledger.models import Line
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Refused
from tests.cast import Cast
from tests.cli.installation import environment
from tests.money import promises_hold
from tests.storm.deeds import DEEDS, families

STEPS = int(os.environ.get("STORM_STEPS", "150"))
KILLS = int(os.environ.get("STORM_KILLS", str(max(4, STEPS // 50))))
SEED = int(os.environ.get("STORM_SEED", "0")) or random.SystemRandom().randint(1, 10**9)
SECONDS = int(os.environ.get("STORM_SECONDS", "15"))
WRITERS = 8

COLUMNS = ("account", "payer_id", "client_id", "service_id", "method")


def blown(cast):
    """Let the writers loose; returns what was done."""
    told = {
        "practice": str(cast.practice_id),
        "members": {name: str(each) for name, each in cast.members.items()},
        "people": {name: str(each) for name, each in cast.people.items()},
        "clients": {name: str(each) for name, each in cast.clients.items()},
        "service": str(cast.service_id),
        "location": str(cast.location_id),
        "seed": SEED,
        "writers": WRITERS,
        "steps": STEPS,
        "kills": KILLS,
        "seconds": SECONDS,
    }
    words = [sys.executable, "-m", "tests.storm.writers"]
    done = subprocess.run(words, input=json.dumps(told), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "failed failed" not in told["counts"], f"seed {SEED}: {done.stderr}"
    return told


@pytest.mark.slow
def test_a_storm_of_deeds_loses_no_cent(lasting_cast):
    families(lasting_cast, 3)
    told = blown(lasting_cast)
    assert told["tried"] > 0
    assert told["killed"] >= WRITERS
    sys.stdout.write(f"seed {SEED}: {json.dumps(told, indent=1)}\n")  # seen where it fails, and in a long storm
    with lasting_cast.as_("owner") as viewer:
        found = differences(Practice.objects.get(pk=lasting_cast.practice_id))
        assert found == [], f"seed {SEED}: {found}"
        books_agree(viewer)


def books_agree(viewer):
    """Read the whole journal with Beancount: it accepts the file, and its balances are the database's."""
    entries, errors, _ = loader.load_string(beancount_file(viewer))
    assert not errors, errors[:5]
    kept = {}
    for *named, cents in Line.objects.values_list(*COLUMNS).annotate(sum=Sum("cents")):
        account, payer, client, service, method = named
        name = account_name(JournalLine(account, 0, payer, client, None, service, method))
        kept[name] = kept.get(name, 0) + cents
    root = realization.realize(entries)
    for name, cents in kept.items():
        found = realization.get(root, name)
        amount = found.balance.get_currency_units(viewer.currency).number if found is not None else 0
        assert int(amount * 100) == cents, name


@settings(
    max_examples=int(os.environ.get("STORM_EXAMPLES", "3")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(st.lists(st.sampled_from(sorted(DEEDS)), min_size=25, max_size=40), st.integers(0, 2**32))
@pytest.mark.slow
def test_deeds_in_any_order_keep_every_promise(db, names, seed):
    cast = Cast.enter(domain=f"{new_id()}.example")
    families(cast, 1)
    draw = random.Random(seed)  # noqa: S311 - a sequence that can be had again
    for place, name in enumerate(["a_session", "a_payment", *names]):
        try:
            DEEDS[name](cast, draw)
        except Refused:
            continue
        if place % 8 == 0:
            with cast.as_("owner"):
                promises_hold(cast)
    with cast.as_("owner") as viewer:
        promises_hold(cast)
        books_agree(viewer)
    assert connection.in_atomic_block

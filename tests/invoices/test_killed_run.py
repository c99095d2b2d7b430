"""A process killed in the middle of a run: what is done stays done, what is not is done again, nothing twice."""

import os
import signal
import subprocess
import sys

import pytest

from kinbook.invoices.models import Invoice, Run
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.whopays.models import Share
from tests.cast import nov
from tests.cli.installation import environment, kinbook
from tests.money import promises_hold


@pytest.fixture
def many(lasting_cast):
    """Eight children of four families, with sessions split between their parents."""
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        for family in range(4):
            cast.people.clear()
            for name in ("Mia", "Leo"):
                child = cast.child(viewer, f"{name}{family}")
                cast.arrange(viewer, child.pk, "percent", weights=[6000, 4000])
                for day in (2, 4):
                    cast.book(viewer, child.pk, nov(day), hour=15 if name == "Mia" else 17, fee_cents=125_01)
    return cast


def killed(step, place):
    """Run until the place within a step, then kill the process as a machine that loses power does."""
    words = [sys.executable, "-m", "tests.invoices.killed", str(step), place]
    with subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "now\n"
        os.kill(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "place", "done"),
    [(1, "post", 0), (2, "_take_numbers", 8), (2, "post", 8), (2, "record", 8)],
    ids=["in the first step", "with numbers taken", "with entries posted", "at the end of a step"],
)
def test_running_it_again_finishes_it(many, step, place, done):
    killed(step, place)
    with many.as_("owner"):
        assert Invoice.objects.count() == done
        assert open_shares()
        assert Run.objects.get().state == "working"
        promises_hold(many)
    assert kinbook("bill", "--through", "2026-11-18").returncode == 0
    with many.as_("owner"):
        assert not open_shares()
        assert Invoice.objects.count() == 16
        assert Share.objects.values("invoice_id").distinct().count() == 16
        assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 17))
        assert {each.state for each in Run.objects.all()} == {"done"}
        promises_hold(many)

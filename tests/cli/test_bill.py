"""`kinbook bill --through DATE`: as the practice's own rule invoices at midnight."""

from kinbook.invoices.models import Invoice, Run
from kinbook.whopays.commands.arrange import end_arrangement
from tests.cast import nov
from tests.cli.installation import kinbook
from tests.money import promises_hold


def waiting(cast):
    """Let Mia's session and one nobody pays for wait, and one after the date."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        leo = cast.child(viewer, "Leo")
        end_arrangement(viewer, client_id=leo.pk, on=nov(1))
        for day in (2, 4, 25):
            cast.book(viewer, mia.pk, nov(day))
        cast.book(viewer, leo.pk, nov(3))


def test_a_dry_run_says_what_would_be_created_and_creates_nothing(lasting_cast):
    waiting(lasting_cast)
    told = kinbook("bill", "--through", "2026-11-18", "--dry-run", "--json").told
    assert (told["dry_run"], told["invoices"], told["cents"], told["left"]) == (True, 1, 240_00, 1)
    (practice,) = told["practices"]
    assert practice["skipped"][0]["reason"] == "No arrangement in force on 3 November 2026"
    with lasting_cast.as_("owner"):
        assert not Invoice.objects.exists()
        assert not Run.objects.exists()


def test_it_creates_the_invoices_and_a_second_time_nothing(lasting_cast):
    waiting(lasting_cast)
    done = kinbook("bill", "--through", "2026-11-18")
    assert done.returncode == 0
    assert "1 invoices created, 240.00 USD in all" in done.stdout
    assert "needs a payer" not in done.stderr
    assert "No arrangement in force on 3 November 2026" in done.stdout
    again = kinbook("bill", "--through", "2026-11-18", "--json").told
    assert (again["invoices"], again["cents"]) == (0, 0)
    with lasting_cast.as_("owner"):
        (invoice,) = Invoice.objects.all()
        assert (invoice.number, invoice.total_cents, invoice.issued_by) == (1, 240_00, "Kinbook")
        assert {run.state for run in Run.objects.all()} == {"done"}
        promises_hold(lasting_cast)


def test_a_run_that_a_killed_command_left_is_finished_first(lasting_cast):
    waiting(lasting_cast)
    with lasting_cast.as_("owner") as viewer:
        from kinbook.invoices.commands.runs import start_run

        left = start_run(viewer, through=nov(18))
        Run.objects.filter(pk=left.pk).update(member_id=None)
    told = kinbook("bill", "--through", "2026-11-18", "--json").told
    assert told["invoices"] == 1
    assert told["practices"][0]["run_ids"][0] == str(left.pk)
    with lasting_cast.as_("owner"):
        assert {run.state for run in Run.objects.all()} == {"done"}


def test_a_date_that_is_none_and_a_practice_that_is_none_are_refused(lasting_cast):
    assert kinbook("bill", "--through", "soon").returncode == 2
    nowhere = kinbook("bill", "--through", "2026-11-18", "--practice", "00000000-0000-0000-0000-000000000000")
    assert (nowhere.returncode, nowhere.stderr.strip()) == (1, "There is no such practice.")


def test_every_command_explains_itself():
    for words in (["bill"], ["ledger"], ["ledger", "verify"], ["doctor"]):
        done = kinbook(*words, "--help")
        assert done.returncode == 0
        assert "Usage: " in done.stdout

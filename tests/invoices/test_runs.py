"""Many invoices at once: in steps, paused and resumed, undone as a whole, and by themselves at midnight."""

from datetime import UTC, date, datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.access.models import Assignment
from kinbook.invoices import jobs
from kinbook.invoices.commands.automatic import start_automatic_runs
from kinbook.invoices.commands.runs import (
    advance_run,
    pause_run,
    progress_of,
    resume_run,
    start_run,
    stop_run_for_void,
    void_some_of_run,
)
from kinbook.invoices.models import Invoice, InvoiceLine, Run, RunStep
from kinbook.invoices.queries import planning
from kinbook.invoices.queries.families import joined
from kinbook.team.commands.members import change_member
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import TODAY, nov
from tests.money import pay, promises_hold, standing
from tests.scheduling.visitor import Visitor


def queued():
    return [(each.task_name, each.args) for each in ProcrastinateJob.objects.order_by("id")]


@pytest.fixture
def three(cast, monkeypatch):
    """Three families with a session each; a step is one family."""
    monkeypatch.setattr(planning, "FAMILIES_A_STEP", 1)
    with cast.as_("owner") as viewer:
        for place in range(3):
            cast.people.clear()
            cast.book(viewer, cast.child(viewer, f"Child{place}").pk, nov(2))
    return cast


def test_each_step_is_one_family_done_or_not(three):
    with three.as_("owner") as viewer:
        run = start_run(viewer, through=TODAY)
        assert advance_run(viewer, run_id=run.pk)
        assert (progress_of(run).charges_done, progress_of(run).charges) == (1, 3)
        assert Invoice.objects.count() == 1
        while advance_run(viewer, run_id=run.pk):
            pass
        run.refresh_from_db()
        assert (run.state, progress_of(run).invoices, progress_of(run).cents) == ("done", 3, 360_00)


def test_paused_it_stops_after_its_step_and_resumed_a_job_goes_on(three):
    with three.as_("owner") as viewer:
        run = start_run(viewer, through=TODAY)
        advance_run(viewer, run_id=run.pk)
        pause_run(viewer, run=run)
        assert not advance_run(viewer, run_id=run.pk)
        with pytest.raises(Conflict):
            pause_run(viewer, run=run)
        resume_run(viewer, run=run)
        with pytest.raises(Conflict):
            resume_run(viewer, run=run)
        ((task, ids),) = queued()
    assert task == "invoices.continue_run"
    jobs.continue_run(**ids)
    with three.as_("owner"):
        assert Run.objects.get().state == "done"
        assert Invoice.objects.count() == 3


def test_a_run_is_undone_by_voiding_all_it_made(three):
    with three.as_("owner") as viewer:
        run = start_run(viewer, through=TODAY)
        while advance_run(viewer, run_id=run.pk):
            pass
        pay(three, viewer, "ana", 50_00)
        stop_run_for_void(viewer, run=run)
        with pytest.raises(Conflict):
            stop_run_for_void(viewer, run=run)
        ((task, ids),) = queued()
    assert task == "invoices.void_run"
    jobs.void_run(**ids)
    with three.as_("owner") as viewer:
        assert {each.status for each in Invoice.objects.with_state()} == {"void"}
        assert standing(three, "ana") == (-50_00, 50_00)
        again = start_run(viewer, through=TODAY)
        assert RunStep.objects.filter(run=again).count() == 3
        promises_hold(three)


def test_while_a_run_is_undone_its_page_says_how_far_that_is_and_comes_anew_at_the_end(three):
    with three.as_("owner") as viewer:
        run = start_run(viewer, through=TODAY)
        while advance_run(viewer, run_id=run.pk):
            pass
    owner, where = Visitor(three, "owner"), f"/billing/runs/{run.pk}/"
    owner.post(f"{where}void/")
    assert "Voiding what this run made" in owner.get(where).content.decode()
    asked = owner.dialog(f"{where}progress/")
    assert "0 of 3 invoices" in asked.content.decode()
    assert "HX-Refresh" not in asked
    with three.as_("owner") as viewer:
        void_some_of_run(viewer, run_id=run.pk, reason="?")
    assert "3 of 3 invoices" in owner.get(where).content.decode()
    assert owner.dialog(f"{where}progress/")["HX-Refresh"] == "true"


def test_a_voided_run_makes_no_more(three):
    with three.as_("owner") as viewer:
        run = start_run(viewer, through=TODAY)
        advance_run(viewer, run_id=run.pk)
        stop_run_for_void(viewer, run=run)
        assert not advance_run(viewer, run_id=run.pk)
        assert void_some_of_run(viewer, run_id=run.pk, reason="?")
        assert not void_some_of_run(viewer, run_id=run.pk, reason="?")
        assert Invoice.objects.with_state().get().status == "void"


def test_a_clinician_may_not_undo_a_run(three):
    with three.as_("kim") as viewer:
        run = start_run(viewer, through=TODAY)
        with pytest.raises(Forbidden):
            stop_run_for_void(viewer, run=run)


def test_who_lost_the_right_meanwhile_invoices_nothing_more(three):
    with three.as_("biller") as viewer:
        run = start_run(viewer, through=TODAY)
        assert advance_run(viewer, run_id=run.pk)
        pause_run(viewer, run=run)
    with three.as_("owner") as viewer:
        change_member(viewer, member_id=three.members["biller"], fields={}, roles=["scheduler"])
    with pytest.raises(Forbidden):
        jobs.continue_run(str(three.practice_id), str(run.pk), str(three.members["biller"]))
    with three.as_("owner") as viewer:
        assert Invoice.objects.count() == 1
        # whoever resumes it lets it go on with their own rights
        resume_run(viewer, run=run)
        ((_, ids),) = queued()
    jobs.continue_run(**ids)
    with three.as_("owner"):
        assert Invoice.objects.count() == 3
        assert Run.objects.get().state == "done"
        promises_hold(three)


def test_a_client_who_left_the_reach_of_the_run_is_left_out(three):
    with three.as_("kim") as viewer:
        run = start_run(viewer, through=TODAY)
    with three.as_("owner"):
        Assignment.objects.filter(client_id=three.clients["child1"]).delete()
    jobs.continue_run(str(three.practice_id), str(run.pk), str(three.members["kim"]))
    with three.as_("owner"):
        invoiced = set(InvoiceLine.objects.values_list("client_id", flat=True))
        assert invoiced == {three.clients["child0"], three.clients["child2"]}
        assert Run.objects.get().state == "done"
        promises_hold(three)


def test_families_are_joined_by_the_persons_who_pay():
    a, b, c, d = (date(2026, 1, day) for day in (1, 2, 3, 4))  # anything that sorts
    assert joined([d, c, b, a], [("x", a), ("x", c), ("y", c), ("y", d)]) == [[a, c, d], [b]]


def midnight(cast, moment):
    """Act as the practice's own rule at an instant."""
    from kinbook.team.queries import rule_viewer

    identity = Identity(cast.practice_id, ViewerKind.JOB, cast.practice_id)
    with acting_as(identity):
        runs = start_automatic_runs(rule_viewer(cast.practice_id, now=moment))
        for run in runs:
            while advance_run(rule_viewer(cast.practice_id, now=moment), run_id=run.pk):
                pass
        return runs[0] if runs else None


@pytest.fixture
def daily(cast):
    """Mia seen on the 17th and the 18th, and invoices that make themselves."""
    with cast.as_("owner") as viewer:
        Practice.objects.update(automatic_invoices="daily")
        mia = cast.child(viewer)
        for day in (17, 18):
            cast.book(viewer, mia.pk, nov(day))
    return cast


def test_at_the_practices_midnight_the_day_that_ended_is_invoiced(daily):
    # New York is five hours behind in November
    assert midnight(daily, datetime(2026, 11, 18, 5, 1, tzinfo=UTC)).through == nov(17)
    with daily.as_("owner"):
        assert Invoice.objects.get().lines.get().on_date == nov(17)
    assert midnight(daily, datetime(2026, 11, 19, 4, 59, tzinfo=UTC)) is None
    midnight(daily, datetime(2026, 11, 19, 5, 0, tzinfo=UTC))
    with daily.as_("owner"):
        assert {each.issued_on for each in Invoice.objects.all()} == {nov(18), nov(19)}
        promises_hold(daily)


def test_a_day_is_invoiced_once_however_often_it_is_asked(daily):
    moment = datetime(2026, 11, 18, 5, 1, tzinfo=UTC)
    assert midnight(daily, moment)
    assert midnight(daily, moment) is None
    with daily.as_("owner"):
        assert Run.objects.count() == 1


def test_days_on_which_nothing_ran_are_made_up_for(daily):
    midnight(daily, datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    with daily.as_("owner"):
        assert Invoice.objects.get().lines.count() == 2


def test_the_clocks_are_put_back_and_midnight_is_still_midnight(cast):
    with cast.as_("owner") as viewer:
        Practice.objects.update(automatic_invoices="daily")
        mia = cast.child(viewer)
        for day in (date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1)):
            cast.book(viewer, mia.pk, day)
    # on 1 November 2026 New York goes from four to five hours behind, at two in the morning
    assert midnight(cast, datetime(2026, 11, 1, 3, 59, tzinfo=UTC)).through == date(2026, 10, 30)
    assert midnight(cast, datetime(2026, 11, 1, 4, 0, tzinfo=UTC)).through == date(2026, 10, 31)
    assert midnight(cast, datetime(2026, 11, 2, 4, 59, tzinfo=UTC)) is None
    assert midnight(cast, datetime(2026, 11, 2, 5, 0, tzinfo=UTC)).through == date(2026, 11, 1)


def test_by_hand_means_by_hand(daily):
    with daily.as_("owner"):
        Practice.objects.update(automatic_invoices="manually")
    assert midnight(daily, datetime(2026, 11, 19, 9, 0, tzinfo=UTC)) is None


def test_every_practice_has_a_job_of_its_own(daily):
    jobs.at_midnight(0)
    practice = {"practice_id": str(daily.practice_id)}
    assert queued() == [("invoices.invoice_the_day", practice), ("invoices.late_fees_of_the_day", practice)]
    jobs.invoice_the_day(str(daily.practice_id))
    assert [task for task, _ in queued()][2:] == ["invoices.continue_run"]

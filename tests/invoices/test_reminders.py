"""Reminders on a schedule: each step once, in the practice's morning, one letter a payer; paused where it is said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from kinbook.invitations.models import Guest
from kinbook.invoices import jobs
from kinbook.invoices.commands.remind import mark_reminded, payers_to_remind, remind_on_schedule
from kinbook.invoices.commands.terms import pause_reminders, resume_reminders
from kinbook.invoices.models import Delivery
from kinbook.mail.models import Letter
from kinbook.people.models import Party
from kinbook.practice.commands import change_practice
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import nov
from tests.money import pay, promises_hold, split

DUE = nov(18) + timedelta(days=14)
ANA, BEN = "ana.ortiz@mail.example", "ben@workshop.example"


@pytest.fixture
def owed(cast):
    """Ana and Ben owe for Mia, due on 2 December; they are reminded after 3, 14 and 30 days."""
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={"overdue_days": [30, 3, 14]})
        made = split(cast, viewer, 2, parents=("ana", "ben"))
        assert {each.due_on for each in made.values()} == {DUE}
    return cast


def morning(cast, days, hour=12, minute=0):
    """Go through what is overdue so many days after it was due, at an hour of UTC; returns who was written to."""
    day = DUE + timedelta(days=days)
    now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) + timedelta(hours=5)
    with acting_as(Identity(cast.practice_id, ViewerKind.JOB, cast.practice_id)):
        viewer = rule_viewer(cast.practice_id, now=now)
        before = set(Letter.objects.values_list("pk", flat=True))
        payers = payers_to_remind(viewer)
        for payer in payers or ():
            remind_on_schedule(viewer, party_id=payer)
        if payers is not None:
            mark_reminded(viewer)
        return sorted(Letter.objects.exclude(pk__in=before).values_list("to", flat=True))


def test_each_step_once_and_nothing_between(owed):
    found = {days: morning(owed, days) for days in (-1, 0, 2, 3, 4, 13, 14, 15, 29, 30, 31, 90)}
    assert {days: who for days, who in found.items() if who} == {days: [ANA, BEN] for days in (3, 14, 30)}
    with owed.as_("owner"):
        assert sorted(Delivery.objects.values_list("step", flat=True)) == [3, 3, 14, 14, 30, 30]
        promises_hold(owed)


def test_steps_that_passed_while_the_installation_was_away_are_one_letter(owed):
    assert morning(owed, 40) == [ANA, BEN]
    assert morning(owed, 41) == []
    with owed.as_("owner"):
        assert set(Delivery.objects.values_list("step", flat=True)) == {30}


def test_asked_again_the_same_morning_nobody_is_written_to_twice(owed):
    assert morning(owed, 3) == [ANA, BEN]
    assert morning(owed, 3, minute=15) == []


def test_killed_between_two_payers_the_next_time_does_the_rest(owed):
    day = DUE + timedelta(days=3)
    now = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    with acting_as(Identity(owed.practice_id, ViewerKind.JOB, owed.practice_id)):
        viewer = rule_viewer(owed.practice_id, now=now)
        first, _ = payers_to_remind(viewer)
        remind_on_schedule(viewer, party_id=first)
    assert len(morning(owed, 3, minute=30)) == 1
    with owed.as_("owner"):
        assert sorted(Letter.objects.values_list("to", flat=True)) == [ANA, BEN]


def test_nobody_is_written_to_at_night_in_the_practices_zone(owed):
    assert morning(owed, 3, hour=8, minute=59) == []
    assert morning(owed, 3, hour=9) == [ANA, BEN]


def test_the_database_refuses_a_step_told_twice(owed):
    morning(owed, 3)
    with owed.as_("owner") as viewer:
        first = Delivery.objects.order_by("pk").first()
        again = {"invoice": first.invoice, "letter": first.letter, "kind": "reminder", "step": 3, "sent_at": viewer.now}
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.create(practice_id=owed.practice_id, **again)


def test_who_has_paid_or_is_paused_is_not_reminded(owed):
    with owed.as_("biller") as viewer:
        pay(owed, viewer, "ben", 48_00)
        ana = Party.objects.get(pk=owed.people["ana"])
        pause_reminders(viewer, party=ana, reason="On leave", until=DUE + timedelta(days=10))
    assert morning(owed, 3) == []
    assert morning(owed, 14) == [ANA]
    with owed.as_("biller") as viewer:
        resume_reminders(viewer, party=ana)
        with pytest.raises(Conflict):
            resume_reminders(viewer, party=ana)


def test_without_a_schedule_nobody_is_reminded(owed):
    with owed.as_("owner") as viewer:
        change_practice(viewer, fields={"overdue_days": []})
    assert morning(owed, 30) == []


def test_the_letter_is_in_the_payers_language_with_amounts_of_their_own_only(owed):
    with owed.as_("owner"):
        Guest.objects.create(practice_id=owed.practice_id, party_id=owed.people["ben"], language="es")
    morning(owed, 3)
    with owed.as_("owner"):
        ana, ben = (Letter.objects.get(to=address) for address in (ANA, BEN))
        assert "past its due date" in ana.body
        assert "$72.00" in ana.body
        assert "ha pasado su fecha de vencimiento" in ben.body
        assert "2 dic 2026" in ben.body
        assert ben.subject == "Un recordatorio de Harbor Lane Family Therapy"
        for letter, others in ((ana, ("Ben", "48")), (ben, ("Ana", "72"))):
            for word in (*others, "Mia", "60/40"):
                assert word not in letter.subject + letter.body


@pytest.mark.parametrize("days", [[0], [366], [3, 3], [1, 2, 3, 4, 5, 6, 7], ["3"], "3", [3.5]])
def test_a_schedule_that_cannot_stand_is_told(cast, days):
    with cast.as_("owner") as viewer, pytest.raises(Invalid) as refused:
        change_practice(viewer, fields={"overdue_days": days})
    assert set(refused.value.problems) == {"overdue_days"}


def test_a_pause_has_a_reason_and_an_end_that_lies_ahead(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2, parents=("ana", "ben"))
    with cast.as_("biller") as viewer:
        ana = Party.objects.get(pk=cast.people["ana"])
        for reason, until in (("", None), ("x" * 501, None), ("Why", viewer.today)):
            with pytest.raises(Invalid):
                pause_reminders(viewer, party=ana, reason=reason, until=until)
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        pause_reminders(viewer, party=ana, reason="Why")


def test_the_job_writes_at_its_own_time(owed, monkeypatch):
    day = DUE + timedelta(days=3)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(day.year, day.month, day.day, 17, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(jobs, "datetime", Clock)
    jobs.remind_overdue(str(owed.practice_id))
    jobs.remind_overdue(str(owed.practice_id))
    with owed.as_("owner"):
        assert sorted(Letter.objects.values_list("to", flat=True)) == [ANA, BEN]

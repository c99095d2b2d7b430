"""Reminders: who is told, in which words, and who never is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.invitations.models import Guest
from kinbook.mail.models import Letter
from kinbook.people.commands.clean import EmailDraft, PersonDraft
from kinbook.people.commands.clients import ClientDraft
from kinbook.people.models import Client, Contact, Email
from kinbook.scheduling import jobs
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.reminders import remind_of_appointments
from kinbook.scheduling.models import Appointment
from kinbook.scheduling.queries import reminders
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Forbidden
from kinbook.whopays.commands.responsible import add_client
from tests.cast import ELSEWHERE, Cast, later, nov
from tests.scheduling.visitor import Visitor


@pytest.fixture
def told(cast):
    """Mia comes tomorrow; Ana wants to be told, Ben does not."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        Contact.objects.filter(client=mia).update(reminders=False)
        Contact.objects.filter(client=mia, party_id=cast.people["ana"]).update(reminders=True)
        cast.book(viewer, mia.pk, nov(19), status="scheduled", location_id=cast.location_id)
    return cast


def remind(cast, now=None):
    with cast.as_("owner", now=now) as viewer:
        remind_of_appointments(viewer)
        return list(Letter.objects.order_by("to"))


def test_a_contact_who_wants_it_is_told_once(told):
    (letter,) = remind(told)
    assert letter.to == "ana.ortiz@mail.example"
    assert "Mia has an appointment" in letter.body
    assert "Thursday, Nov 19, 2026, 16:00 (EST)" in letter.body
    assert "Room 2" in letter.body
    assert len(remind(told)) == 1


def test_it_is_in_the_language_they_chose_in_the_portal(told):
    with told.as_("owner"):
        Guest.objects.create(practice_id=told.practice_id, party_id=told.people["ana"], language="es")
    (letter,) = remind(told)
    assert letter.subject == "Recordatorio de una cita"
    assert "Mia tiene una cita en Harbor Lane Family Therapy:" in letter.body
    assert "jueves, 19 nov 2026, 16:00 (EST)" in letter.body


def test_the_subject_names_nobody(told):
    (letter,) = remind(told)
    for word in ("Mia", "Ortiz", "Kim", "session", "Harbor"):
        assert word not in letter.subject


def test_nobody_is_told_before_the_practices_hours(told):
    assert remind(told, now=later(-2)) == []
    with told.as_("owner"):
        Practice.objects.update(reminder_hours=0)
    assert remind(told) == []


@pytest.mark.parametrize("status", ["cancelled", "clinician_cancelled", "show"])
def test_only_what_is_still_scheduled_is_told(told, status):
    with told.as_("owner"):
        Appointment.objects.update(status=status)
    assert remind(told) == []


def test_one_that_was_moved_is_told_again(told):
    remind(told)
    with told.as_("owner") as viewer:
        one = Appointment.objects.get()
        change_appointment(viewer, appointment=one, fields={"starts_at": one.starts_at + timedelta(hours=1)})
    assert len(remind(told)) == 2


def test_no_guardian_is_told_of_what_is_confidential_to_the_client(told):
    with told.as_("owner"):
        Appointment.objects.update(confidential=True)
    assert remind(told) == []


def test_the_client_alone_is_told_of_what_is_confidential(told):
    with told.as_("owner") as viewer:
        Appointment.objects.update(confidential=True)
        mia = Client.objects.get(pk=told.clients["mia"])
        Email.objects.create(practice_id=viewer.practice_id, party=mia.party, address="mia@teen.example")
    (letter,) = remind(told)
    assert letter.to == "mia@teen.example"
    assert "you have an appointment" in letter.body


def test_a_mailbox_that_a_parent_opens_too_is_not_the_minors(told):
    with told.as_("owner") as viewer:
        Appointment.objects.update(confidential=True)
        mia = Client.objects.get(pk=told.clients["mia"])
        Email.objects.create(practice_id=viewer.practice_id, party=mia.party, address="Ana.Ortiz@mail.example")
    assert remind(told) == []


def test_an_address_that_may_not_be_written_to_gets_nothing(told):
    with told.as_("owner"):
        Email.objects.update(may_email=False)
    assert remind(told) == []


def test_a_contact_whose_link_has_ended_is_not_told(told):
    with told.as_("owner"):
        Contact.objects.update(until=nov(19))
    assert remind(told) == []


def test_a_rule_of_the_practice_reminds_not_just_anybody(told):
    with told.as_("kim") as viewer, pytest.raises(Forbidden):
        remind_of_appointments(viewer)


def test_what_is_chosen_in_edit_appointment_reminders_holds(told):
    with told.as_("owner"):
        links = {each.party.first_name: each for each in Contact.objects.select_related("party")}
    for name, wanted in (("Ana", {}), ("Ben", {"reminders": "yes"})):
        page = reverse("whopays:contact_reminders", args=[told.clients["mia"], links[name].pk])
        visitor = Visitor(told, "scheduler")
        assert visitor.dialog(page).status_code == 200
        assert visitor.send(page, wanted).status_code < 400
    assert [letter.to for letter in remind(told)] == ["ben@workshop.example"]


def test_both_parents_are_told_apart_and_each_by_name(told):
    with told.as_("owner"):
        Contact.objects.update(reminders=True)
    ana, ben = remind(told)
    assert (ana.to, ben.to) == ("ana.ortiz@mail.example", "ben@workshop.example")
    assert "Ben" not in ana.body
    assert "ben@" not in ana.body
    assert "Hello Ben" in ben.body


def test_a_mailbox_that_two_parents_share_gets_one_letter(told):
    with told.as_("owner"):
        Contact.objects.update(reminders=True)
        Email.objects.update(address="family@mail.example")
    assert [letter.to for letter in remind(told)] == ["family@mail.example"]


def test_the_place_and_the_link_of_the_call_are_told_and_what_it_is_about_is_not(told):
    with told.as_("owner"):
        Appointment.objects.update(video_link="https://meet.example/room")
    (letter,) = remind(told)
    assert "https://meet.example/room" in letter.body
    for word in ("Individual session", "Kim", "120"):
        assert word not in letter.body


def grown(viewer, **more):
    """Enter an adult who is told themselves."""
    person = PersonDraft(first_name="Vic", last_name="Lang", emails=(EmailDraft("vic@mail.example"),))
    return add_client(viewer, draft=ClientDraft(type="adult", person=person, **more))


def test_an_adult_is_told_themselves_unless_they_would_rather_not(cast):
    with cast.as_("owner") as viewer:
        vic = grown(viewer)
        Client.objects.filter(pk=vic.pk).update(reminders=True)
        cast.book(viewer, vic.pk, nov(19), status="scheduled")
    (letter,) = remind(cast)
    assert letter.to == "vic@mail.example"
    assert "you have an appointment" in letter.body
    with cast.as_("owner") as viewer:
        Client.objects.update(reminders=False)
        cast.book(viewer, vic.pk, nov(19), hour=9, status="scheduled")
    assert len(remind(cast)) == 1


def test_an_archived_clients_people_are_not_told(told):
    with told.as_("owner"):
        Client.objects.update(status="archived")
    assert remind(told) == []


def test_over_a_clock_change_the_time_told_is_the_wall_clocks(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        Contact.objects.filter(client=mia).update(reminders=False)
        Contact.objects.filter(client=mia, party_id=cast.people["ana"]).update(reminders=True)
        for day in (date(2026, 10, 31), date(2026, 11, 1)):
            cast.book(viewer, mia.pk, day, hour=9, status="scheduled")
    now = datetime(2026, 10, 31, 12, 30, tzinfo=UTC)
    with cast.as_("owner", now=now) as viewer:
        Practice.objects.update(reminder_hours=48)
        remind_of_appointments(viewer)
        bodies = " ".join(Letter.objects.order_by("pk").values_list("body", flat=True))
    assert "Saturday, Oct 31, 2026, 9:00 (EDT)" in bodies
    assert "Sunday, Nov 1, 2026, 9:00 (EST)" in bodies


def test_many_are_reminded_of_in_a_fixed_number_of_queries(told):
    def asked():
        with told.as_("owner") as viewer, CaptureQueriesContext(connection) as queries:
            found = reminders.due_reminders(viewer, 48)
        return len(queries), len(found)

    few, _ = asked()
    with told.as_("owner") as viewer:
        for minute in range(40):
            told.book(viewer, told.clients["mia"], nov(19), hour=8 + minute % 8, status="scheduled")
    assert asked() == (few, 41)


def soon(cast, hours):
    """Book Mia so many hours from the clock on the wall, and let Ana be told."""
    with cast.as_("owner", now=datetime.now(UTC)) as viewer:
        starts_at = datetime.now(UTC) + timedelta(hours=hours)
        one = cast.book(viewer, cast.clients["mia"], nov(19), status="scheduled")
        change_appointment(viewer, appointment=one, fields={"starts_at": starts_at})


def test_the_job_tells_everybody_once_some_at_a_time(lasting_cast, monkeypatch):
    cast = lasting_cast
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        Contact.objects.filter(client=mia).update(reminders=False)
        Contact.objects.filter(client=mia, party_id=cast.people["ana"]).update(reminders=True)
    for hours in (1, 2, 3, 4, 5, 500):
        soon(cast, hours)
    for _ in range(2):
        jobs.remind_practice(str(cast.practice_id))
        with cast.as_("owner"):
            assert Letter.objects.count() == 5


def test_every_ten_minutes_each_practice_has_a_job_of_its_own(lasting_cast):
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    jobs.every_ten_minutes(0)
    found = ProcrastinateJob.objects.filter(task_name="scheduling.remind_practice")
    told = {each.args["practice_id"] for each in found}
    assert told == {str(lasting_cast.practice_id), str(elsewhere.practice_id)}


def test_the_nights_job_makes_series_longer(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner", now=later(-300)) as viewer:
        cast.book(
            viewer, cast.child(viewer).pk, nov(20) - timedelta(days=300), status="scheduled", repeat="FREQ=WEEKLY"
        )
        before = Appointment.objects.count()
    jobs.extend_practice(str(cast.practice_id))
    with cast.as_("owner"):
        assert Appointment.objects.count() > before + 30

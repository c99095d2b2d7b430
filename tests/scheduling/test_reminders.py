"""Reminders: who is told, in which words, and who never is."""

from datetime import timedelta

import pytest

from kinbook.mail.models import Letter
from kinbook.people.models import Client, Contact, Email
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.reminders import remind_of_appointments
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Forbidden
from tests.cast import later, nov


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
    assert "Thursday 19 November 2026, 16:00 (EST)" in letter.body
    assert "Room 2" in letter.body
    assert len(remind(told)) == 1


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

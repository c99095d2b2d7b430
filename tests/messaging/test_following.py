"""What follows a message: letters about unread ones, answers for who is away, and what is sent later."""

from datetime import timedelta

import pytest

from kinbook.access.models import PortalGrant, RoleGrant
from kinbook.invitations.models import Guest
from kinbook.mail.models import Letter
from kinbook.messaging.commands.drafts import (
    bring_file,
    save_draft,
    schedule_message,
    send_draft,
    unschedule_message,
)
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.following import answer_for_absent, tell_unread
from kinbook.messaging.commands.reading import mark_read
from kinbook.messaging.commands.send import retract_message, send_message
from kinbook.messaging.commands.settling import end_absence, set_absence
from kinbook.messaging.models import Absence, Attachment, Draft, Message
from kinbook.messaging.queries.thread import talk_page
from kinbook.people.models import Email
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import NOW


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def by_rule(family, now, deed):
    practice = family.cast.practice_id
    with acting_as(Identity(practice, ViewerKind.JOB, practice)):
        return deed(rule_viewer(practice, now=now))


def told(family, talk, minutes):
    return by_rule(family, later(minutes), lambda viewer: tell_unread(viewer, conversation_id=talk.pk))


def letters(family):
    with family.as_("owner"):
        return list(Letter.objects.exclude(subject__contains="invited").order_by("written_at", "pk"))


def test_one_letter_tells_of_unread_messages_until_they_are_read(family):
    talk = family.talk("ana", said=[("kim", "planted words"), ("kim", "more")], about="planted subject")
    assert told(family, talk, 5) == 0
    assert told(family, talk, 11) == 1
    family.say("kim", talk, "third", now=later(12))
    assert told(family, talk, 30) == 0
    with family.as_("ana", later(31)) as viewer:
        mark_read(viewer, conversation_id=talk.pk)
    family.say("kim", talk, "fourth", now=later(32))
    assert told(family, talk, 60) == 1
    first, _ = letters(family)
    assert first.to == "ana.ortiz@mail.example"
    for planted in ("planted", "Kim", "Mia", "Ortiz"):
        assert planted not in first.subject + first.body.replace("Hello Ana", "")


def test_the_letter_is_in_the_language_its_reader_chose(family):
    talk = family.talk("ana", said=[("kim", "Hello")])
    with family.as_("owner"):
        chosen = {"practice_id": family.cast.practice_id, "party_id": family.people["ana"]}
        Guest.objects.update_or_create(**chosen, defaults={"language": "es"})
    assert told(family, talk, 11) == 1
    (letter,) = letters(family)
    assert letter.subject == "Un mensaje le espera"
    assert "un mensaje le espera en Harbor Lane Family Therapy." in letter.body
    assert "Léalo:" in letter.body


def test_a_member_is_told_too_and_nobody_of_their_own_message(family):
    talk = family.talk("ana", said=[("ana", "Hello")])
    assert told(family, talk, 11) == 1
    assert [each.to for each in letters(family)] == ["kim@kinbook.example"]


def test_nobody_gets_a_letter_who_cannot_read_it_any_more(family):
    talk = family.talk("ana", said=[("kim", "Hello")])
    with family.as_("owner"):
        PortalGrant.objects.filter(party_id=family.people["ana"]).update(messages=False)
    assert told(family, talk, 11) == 0
    other = family.talk("ben", said=[("ben", "Hello")])
    with family.as_("owner"):
        RoleGrant.objects.filter(member_id=family.cast.members["kim"]).update(until=NOW.date())
    assert told(family, other, 11) == 0


def test_nobody_gets_a_letter_in_a_mailbox_that_somebody_else_uses(family):
    talk = family.talk("ana", said=[("kim", "Hello")])
    with family.as_("owner") as viewer:
        Email.objects.create(
            practice_id=viewer.practice_id, party_id=family.people["ben"], address="Ana.Ortiz@mail.example", position=5
        )
    assert told(family, talk, 11) == 0


def test_a_retracted_message_is_not_told_of(family):
    talk = family.talk("ana", said=[("kim", "Wrong")])
    with family.as_("kim") as viewer:
        retract_message(viewer, message_id=Message.objects.get().pk)
    assert told(family, talk, 11) == 0


@pytest.fixture
def away(family):
    with family.as_("kim") as viewer:
        set_absence(
            viewer,
            starts_on=viewer.today,
            last_on=viewer.today + timedelta(days=7),
            words="I am back in a week.",
            emergency="Call 911.",
        )


def answer(family, said):
    return by_rule(family, later(1), lambda viewer: answer_for_absent(viewer, message_id=said.pk))


def test_who_is_away_is_answered_for_once(family, away):
    talk = family.talk("ana")
    (made,) = answer(family, family.say("ana", talk, "Are you there?"))
    assert made.is_automatic
    assert made.body == "I am back in a week.\n\nIn an emergency: Call 911."
    assert answer(family, family.say("ana", talk, "Hello?", now=later(2))) == []
    assert answer(family, family.say("kim", talk, "Yes", now=later(3))) == []
    with family.as_("ana") as viewer:
        assert [each.is_automatic for each in talk_page(viewer, talk.pk).messages] == [False, True, False, False]


def test_who_is_back_is_not_answered_for(family, away):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        end_absence(viewer)
        assert not Absence.objects.exists()
    assert answer(family, family.say("ana", talk, "Are you there?")) == []


def test_a_draft_is_kept_with_its_files_and_sent_with_them(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        save_draft(viewer, conversation_id=talk.pk, body="Hello")
        bring_file(viewer, conversation_id=talk.pk, brought=Brought("plan.txt", b"Friday"))
        page = talk_page(viewer, talk.pk)
        assert (page.draft.body, [each.name for each in page.files]) == ("Hello", ["plan.txt"])
        send_message(viewer, conversation_id=talk.pk, body="Hello Ana", with_draft=True)
        assert not Draft.objects.exists()
        assert [each.name for each in Attachment.objects.all()] == ["plan.txt"]
    with family.as_("owner") as viewer:
        assert talk_page(viewer, talk.pk).draft is None


def test_everybody_has_their_own_draft(family):
    talk = family.talk("ana")
    for who in ("kim", "ana"):
        with family.as_(who) as viewer:
            save_draft(viewer, conversation_id=talk.pk, body=f"draft of {who}")
    for who in ("kim", "ana"):
        with family.as_(who) as viewer:
            assert talk_page(viewer, talk.pk).draft.body == f"draft of {who}"
    with family.as_("kim") as viewer:
        assert save_draft(viewer, conversation_id=talk.pk, body="  ") is None
        assert talk_page(viewer, talk.pk).draft is None


def test_what_was_written_for_later_is_sent_once_when_its_time_comes(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        draft = schedule_message(viewer, conversation_id=talk.pk, body="Good morning", send_at=later(60))
    with family.as_("kim", later(30)) as viewer:
        assert send_draft(viewer, draft_id=draft.pk) is None
    with family.as_("kim", later(61)) as viewer:
        assert send_draft(viewer, draft_id=draft.pk).pk == draft.pk
        assert send_draft(viewer, draft_id=draft.pk) is None
        assert Message.objects.count() == 1


def test_it_can_be_taken_back(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        draft = schedule_message(viewer, conversation_id=talk.pk, body="Good morning", send_at=later(60))
        save_draft(viewer, conversation_id=talk.pk, body="Something else")
        with pytest.raises(Conflict, match="another message"):
            unschedule_message(viewer, draft_id=draft.pk)
        save_draft(viewer, conversation_id=talk.pk, body="")
        unschedule_message(viewer, draft_id=draft.pk)
        assert talk_page(viewer, talk.pk).draft.body == "Good morning"
    with family.as_("owner") as viewer, pytest.raises(Unknown):
        unschedule_message(viewer, draft_id=draft.pk)


def test_whose_access_ended_meanwhile_sends_nothing_and_loses_nothing(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        draft = schedule_message(viewer, conversation_id=talk.pk, body="Good morning", send_at=later(60))
    with family.as_("owner") as viewer:
        RoleGrant.objects.filter(member_id=family.cast.members["kim"]).update(role="biller")
    with family.as_("kim", later(61)) as viewer, pytest.raises((Unknown, Forbidden)):
        send_draft(viewer, draft_id=draft.pk)
    with family.as_("owner"):
        assert Draft.objects.get().body == "Good morning"
        assert not Message.objects.exists()


@pytest.mark.parametrize("minutes", [-1, 0, 60 * 24 * 400])
def test_later_is_later_and_not_for_ever(family, minutes):
    talk = family.talk("ana")
    with family.as_("kim") as viewer, pytest.raises(Invalid):
        schedule_message(viewer, conversation_id=talk.pk, body="x", send_at=later(minutes))

"""Leave and departure: conversations go on with who takes over, in new ones with the same people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kinbook.access.models import Assignment, RoleGrant
from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from kinbook.messaging.commands.following import tell_unread
from kinbook.messaging.commands.send import retract_message
from kinbook.messaging.commands.settling import settle_family
from kinbook.messaging.models import Continuation, Conversation, Message, Participant
from kinbook.messaging.queries.talks import unread_count
from kinbook.messaging.queries.thread import talk_page
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.queries.handover import Handover, handover_preview
from kinbook.team.commands.clients import assign_clinicians
from kinbook.team.commands.permissions import give_role
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Conflict
from tests.access.closing import close
from tests.cast import NOW, TODAY, nov

SOON, BACK = TODAY + timedelta(days=2), TODAY + timedelta(days=9)


@pytest.fixture
def treated(family):
    with family.as_("owner"):
        Assignment.objects.update(starts_on=nov(1))
        RoleGrant.objects.update(starts_on=nov(1))
    return family


def plan(family, to="entire", who="kim", **more):
    return Handover(family.cast.members[who], family.cast.members[to], **{"on": SOON, **more})


def given(family, by="owner", **more):
    """Hand over as the preview says, and return how many conversations went and what was said of the others."""
    more = {"leaves": "back_on" not in more, **more}
    with family.as_(by) as viewer:
        preview = handover_preview(viewer, plan(family, **more))
    with family.as_(by) as viewer:
        done = hand_over(viewer, handover=plan(family, **more))
        assert done.conversations == preview.conversations
    return done.conversations, dict(preview.staying), preview.ending


def next_of(family, talk):
    with family.as_("owner"):
        way = Continuation.objects.filter(conversation=talk).order_by("-starts_on", "-pk").first()
        return way and way.next and Conversation.objects.get(pk=way.next_id)


def at(days):
    return NOW + timedelta(days=days)


def refused(family, who, talk, days):
    with pytest.raises(Conflict) as told:
        family.say(who, talk, "Hello?", at(days))
    return told.value.sentence


def test_who_leaves_is_followed_in_a_new_conversation_with_the_same_people(treated):
    talk = treated.talk("ana", "manager", said=[("ana", "Hello")], about="School", kind="billing")
    assert given(treated) == (1, {}, 0)
    new = next_of(treated, talk)
    assert (new.subject, new.kind, new.confidential, new.client_id) == ("School", "billing", False, treated.mia.pk)
    with treated.as_("owner"):
        names = Participant.objects.filter(conversation=new).values_list("name", flat=True)
        assert set(names) == {"Ana Ortiz", "Eli Novak", "Maya Stone"}
        first = Message.objects.get(conversation=new)
        assert first.body == "From 20 November 2026 Eli Novak answers here in place of Dr June Kim."
        assert (first.is_automatic, first.number) == (True, 1)
        told = Entry.objects.get(action="conversation.handed_over")
        assert (told.client_id, told.details["next"]) == (treated.mia.pk, str(new.pk))
        assert Entry.objects.get(action="member.handed_over").details["conversations"] == 1


def test_the_family_writes_to_the_one_before_the_day_and_to_the_next_from_it(treated):
    talk = treated.talk("ana", said=[("ana", "Hello")])
    given(treated)
    new = next_of(treated, talk)
    treated.say("ana", talk, "One more", at(1))
    assert "It begins on 20 November 2026" in refused(treated, "ana", new, 1)
    assert "Eli Novak answers in place of Dr June Kim" in refused(treated, "ana", talk, 2)
    treated.say("ana", new, "Hello, Eli", at(2))
    treated.say("entire", new, "Hello, Ana", at(2))
    with treated.as_("ana", at(2)) as viewer:
        old, now = talk_page(viewer, talk.pk), talk_page(viewer, new.pk)
        assert (old.may_write, now.may_write) == (False, True)
        assert (old.way.onward.next_id, now.way.back.conversation_id) == (new.pk, talk.pk)


def test_of_a_leave_the_first_goes_on_when_they_are_back(treated):
    talk = treated.talk("ana", said=[("ana", "Hello")])
    assert given(treated, back_on=BACK) == (1, {}, 0)
    new = next_of(treated, talk)
    with treated.as_("owner"):
        said = Message.objects.get(conversation=new).body
    assert said.endswith("Dr June Kim is back on 27 November 2026.")
    assert "until 27 November 2026" in refused(treated, "kim", talk, 8)
    treated.say("ana", talk, "Welcome back", at(9))
    assert "Dr June Kim is back" in refused(treated, "ana", new, 9)


def test_the_database_refuses_too_and_takes_what_is_taken_back(treated):
    talk = treated.talk("ana", said=[("ana", "Hello")])
    given(treated, on=TODAY)
    with treated.as_("ana") as viewer:
        hello = Message.objects.get(conversation=talk)
        late = Message(
            practice_id=viewer.practice_id,
            conversation=talk,
            client_id=talk.client_id,
            author_party_id=viewer.id,
            author_name="Ana Ortiz",
            body="Too late",
            sent_at=viewer.now,
        )
        with pytest.raises(IntegrityError, match="goes on in another"), transaction.atomic():
            late.save(force_insert=True)
        assert retract_message(viewer, message_id=hello.pk).retracts_id == hello.pk


def test_nobody_reads_what_was_written_before(treated):
    talk = treated.talk("ana", said=[("ana", "For Dr Kim")])
    given(treated, to="basic")
    new = next_of(treated, talk)
    with treated.as_("basic", at(1)) as viewer:
        assert not Conversation.objects.visible_to(viewer).exists()
    with treated.as_("basic", at(2)) as viewer:
        assert Conversation.objects.visible_to(viewer).filter(pk=new.pk).exists()
    with treated.as_("ben") as viewer:
        assert not Conversation.objects.visible_to(viewer).exists()
        assert not Continuation.objects.exists()
    with treated.as_("ana") as viewer:
        assert Continuation.objects.count() == 1
        assert unread_count(viewer) == 1


def test_what_was_told_in_confidence_goes_to_who_treats_and_to_nobody_else(treated):
    talk = treated.talk("mia", said=[("mia", "A secret")], confidential=True)
    assert given(treated, to="manager") == (0, {"told in confidence, and Maya Stone does not treat clients": 1}, 1)
    with treated.as_("owner"):
        assert Continuation.objects.get().next is None
    assert "nobody took over" in refused(treated, "mia", talk, 2)


def test_a_confidential_one_stays_confidential_with_who_treats(treated):
    talk = treated.talk("mia", said=[("mia", "A secret")], confidential=True)
    assert given(treated) == (1, {}, 0)
    assert next_of(treated, talk).confidential
    with treated.as_("entire", at(2)) as viewer:
        assert Conversation.objects.visible_to(viewer).filter(confidential=True).count() == 2


@pytest.mark.parametrize(
    ("to", "kind", "why"),
    [
        ("biller", "clinical", "Sam Doyle may not read conversations of that kind"),
        ("scheduler", "billing", "Rosa Vega may not read conversations of that kind"),
        ("biller", "billing", ""),
    ],
)
def test_who_could_not_read_it_does_not_take_it_over(treated, to, kind, why):
    treated.talk("ana", said=[("ana", "Hello")], kind=kind)
    assert given(treated, to=to, back_on=BACK) == ((0, {why: 1}, 0) if why else (1, {}, 0))


def test_what_stays_is_told_with_the_reason(treated):
    treated.talk("ana", by="owner", said=[("ana", "About Mia")])
    treated.talk("ben", by="owner", client=treated.leo, said=[("ben", "About Leo")])
    asked = {"who": "owner", "to": "manager"}
    with treated.as_("owner") as viewer:
        give_role(viewer, member_id=treated.cast.members["manager"], role="owner")
        assign_clinicians(viewer, client_id=treated.leo.pk, primary_id=treated.cast.members["owner"], shared_ids=[])
        preview = handover_preview(viewer, plan(treated, **asked, leaves=True))
        assert (preview.conversations, preview.ending) == (1, 1)
        assert preview.staying == [("about clients who are not handed over", 1)]
    with treated.as_("owner", at(190)) as viewer:
        preview = handover_preview(viewer, plan(treated, **asked, on=TODAY + timedelta(days=200), leaves=True))
        assert (preview.conversations, preview.ending) == (0, 2)
        assert preview.staying == [("quiet for half a year", 2)]


def test_parents_who_are_kept_apart_by_now_begin_anew_alone(treated):
    pair = (treated.people["ana"], treated.people["ben"])
    with treated.as_("owner") as viewer:
        settle_family(viewer, client_id=treated.mia.pk, parties=pair, fact="together")
    talk = treated.talk("ana", "ben", said=[("ana", "Hello both")])
    with treated.as_("owner") as viewer:
        settle_family(viewer, client_id=treated.mia.pk, parties=pair, fact="apart")
    assert given(treated) == (0, {"between people who are not written to together any more": 1}, 1)
    assert next_of(treated, talk) is None


def test_the_team_among_itself_and_who_takes_part_already(treated):
    inside = treated.talk("manager", said=[("kim", "About Mia")])
    treated.talk("entire", said=[("kim", "For you, Eli")])
    treated.talk("ana", "entire", said=[("ana", "To both")])
    assert given(treated) == (1, {}, 0)
    assert next_of(treated, inside).is_internal


def test_nothing_was_said_nobody_can_read_or_the_record_is_closed(treated):
    treated.talk("ana")
    treated.talk("ben", client=treated.leo, said=[("ben", "Closed soon")])
    close(treated.cast, treated.leo.pk, "kim")
    assert given(treated, back_on=BACK) == (0, {}, 0)


def test_done_twice_the_second_finds_nothing(treated):
    treated.talk("ana", said=[("ana", "Hello")])
    assert given(treated, back_on=BACK)[0] == 1
    assert given(treated, back_on=BACK)[0] == 0


def test_who_does_not_come_back_is_followed_for_good_by_the_same_or_by_another(treated):
    talk = treated.talk("ana", said=[("ana", "Hello")])
    other = treated.talk("ben", said=[("ben", "Hello")])
    given(treated, back_on=BACK)
    first = next_of(treated, talk)
    assert given(treated)[0] == 2
    assert next_of(treated, talk) == first
    treated.say("ana", first, "Still here", at(30))
    assert given(treated, who="entire", to="basic", on=TODAY + timedelta(days=40))[0] == 2
    second = next_of(treated, first)
    assert "Bo Hart answers in place of Eli Novak" in refused(treated, "ana", first, 41)
    treated.say("ana", second, "Hello, Bo", at(41))
    assert next_of(treated, other) != first


def test_another_takes_over_from_who_stands_in(treated):
    talk = treated.talk("ana", said=[("ana", "Hello")])
    given(treated, back_on=BACK)
    stands_in = next_of(treated, talk)
    assert given(treated, to="basic", on=TODAY + timedelta(days=5))[0] == 1
    new = next_of(treated, talk)
    assert "Dr June Kim is back" not in refused(treated, "ana", talk, 6)
    refused(treated, "ana", stands_in, 6)
    treated.say("ana", new, "Hello, Bo", at(6))


def test_a_letter_tells_of_it_once(treated):
    talk = treated.talk("ana", said=[("kim", "Hello")])
    with treated.as_("ana") as viewer:
        Participant.objects.filter(conversation=talk, party_id=viewer.id).update(read_number=1)
    given(treated)
    with treated.as_("owner"):
        viewer = rule_viewer(treated.cast.practice_id, now=at(1))
        new = Continuation.objects.get().next_id
        assert [tell_unread(viewer, conversation_id=new) for _ in range(2)] == [1, 0]
        assert Letter.objects.filter(party_id=treated.people["ana"]).count() == 1


def test_the_preview_costs_the_same_at_any_number(treated, django_assert_num_queries):
    treated.talk("ana", said=[("ana", "Hello")])
    asked = plan(treated, leaves=True)
    with treated.as_("owner") as viewer, django_assert_num_queries(10):
        handover_preview(viewer, asked)
    for _ in range(3):
        treated.talk("ben", said=[("ben", "Hello")])
    with treated.as_("owner") as viewer, django_assert_num_queries(10):
        assert handover_preview(viewer, asked).conversations == 4


def test_all_of_it_or_nothing(treated, monkeypatch):
    treated.talk("ana", said=[("ana", "Hello")])

    def fail(*_args, **_more):
        raise Conflict("No.")

    monkeypatch.setattr("kinbook.overview.commands.handover.let_go", fail)
    with treated.as_("owner") as viewer, pytest.raises(Conflict):
        hand_over(viewer, handover=plan(treated, leaves=True))
    with treated.as_("owner"):
        assert not Continuation.objects.exists()
        assert Conversation.objects.count() == 1

"""Who talks with whom, what is refused, and that nobody reads what was not for them."""

import pytest
from django.db import connection, transaction

from kinbook.audit.models import Entry
from kinbook.messaging.commands.reading import mark_read, note_seen
from kinbook.messaging.commands.send import retract_message, send_message
from kinbook.messaging.commands.settling import set_messages, settle_family, switch_client
from kinbook.messaging.commands.start import start_from_portal
from kinbook.messaging.models import Conversation, Message, Participant, Seen
from kinbook.messaging.queries.talks import Filters, talk_list, unread_count
from kinbook.messaging.queries.thread import talk_page
from kinbook.rules.chain import Link, digest_of, sha256
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.cast import later


def words(viewer, talk):
    return [each.body for each in talk_page(viewer, talk.pk).messages]


def test_a_clinician_and_a_parent_write_to_each_other(family):
    talk = family.talk("ana", said=[("kim", "Hello Ana"), ("ana", "Hello Dr Kim")])
    for who in ("kim", "ana"):
        with family.as_(who) as viewer:
            assert words(viewer, talk) == ["Hello Ana", "Hello Dr Kim"]


def test_the_other_parent_finds_no_trace_of_it(family):
    talk = family.talk("ana", said=[("ana", "Planted by Ana")])
    with family.as_("ben") as viewer:
        assert talk_list(viewer, Filters()).rows == []
        assert unread_count(viewer) == 0
        for what in (talk_page,):
            with pytest.raises(Unknown):
                what(viewer, talk.pk)
        with pytest.raises(Unknown):
            send_message(viewer, conversation_id=talk.pk, body="Who is there?")


def test_two_parents_are_joined_only_where_they_agreed(family):
    with family.as_("kim") as viewer:
        with pytest.raises(Invalid, match="not recorded that Ana Ortiz and Ben Ortiz"):
            family.start(viewer, "ana", "ben")
        pair = (family.people["ana"], family.people["ben"])
        settle_family(viewer, client_id=family.mia.pk, parties=pair, fact="together", note="Both asked for it")
        assert family.start(viewer, "ana", "ben").participants.count() == 3
        settle_family(viewer, client_id=family.mia.pk, parties=pair, fact="apart", note="Court order")
        with pytest.raises(Invalid, match="must be kept apart"):
            family.start(viewer, "ana", "ben")


def test_an_agreement_about_one_child_says_nothing_of_the_other(family):
    with family.as_("kim") as viewer:
        pair = (family.people["ana"], family.people["ben"])
        settle_family(viewer, client_id=family.mia.pk, parties=pair, fact="together")
        with pytest.raises(Invalid, match="not recorded"):
            family.start(viewer, "ana", "ben", client=family.leo)


def test_a_child_and_one_guardian_need_no_agreement(family):
    with family.as_("kim") as viewer:
        assert family.start(viewer, "mia", "ana")
        with pytest.raises(Invalid, match="not recorded"):
            family.start(viewer, "mia", "ana", "ben")


def test_somebody_without_portal_messages_is_refused(family):
    with family.as_("kim") as viewer, pytest.raises(Invalid, match="has no messages in the portal"):
        family.start(viewer, "leo", client=family.leo)


def test_switched_off_for_the_practice_or_the_client_nothing_is_sent(family):
    talk = family.talk("ana")
    with family.as_("owner") as viewer:
        switch_client(viewer, client_id=family.mia.pk, on=False)
    with family.as_("kim") as viewer, pytest.raises(Conflict, match="can no longer read"):
        send_message(viewer, conversation_id=talk.pk, body="Hello")
    with family.as_("ana") as viewer, pytest.raises(Unknown):
        send_message(viewer, conversation_id=talk.pk, body="Hello")
    with family.as_("owner") as viewer:
        switch_client(viewer, client_id=family.mia.pk, on=True)
        set_messages(viewer, on=False, for_new=True, notice_minutes=10)
    with family.as_("kim") as viewer, pytest.raises(Conflict, match="switched off"):
        send_message(viewer, conversation_id=talk.pk, body="Hello")


def test_a_confidential_conversation_is_the_clients_and_her_clinicians(family):
    with family.as_("kim") as viewer, pytest.raises(Invalid, match="goes to Mia alone"):
        family.start(viewer, "ana", confidential=True)
    talk = family.talk("mia", said=[("mia", "planted secret")], confidential=True)
    with family.as_("kim") as viewer:
        assert words(viewer, talk) == ["planted secret"]
    for who in ("owner", "manager", "entire", "biller", "scheduler", "ana", "ben"):
        with family.as_(who) as viewer:
            assert not Conversation.objects.visible_to(viewer).exists(), who
            assert not Message.objects.visible_to(viewer).exists(), who


@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        ("clinical", {"owner", "manager", "kim", "entire"}),
        ("billing", {"owner", "manager", "kim", "entire", "biller"}),
        ("scheduling", {"owner", "manager", "kim", "entire", "scheduler"}),
    ],
)
def test_roles_see_by_kind(family, kind, sees):
    family.talk("ana", kind=kind, said=[("ana", "Hello")])
    found = set()
    for who in family.cast.members:
        with family.as_(who) as viewer:
            if Conversation.objects.visible_to(viewer).exists():
                found.add(who)
    assert found == sees


def test_who_only_may_read_does_not_write(family):
    talk = family.talk("ana")
    with family.as_("owner") as viewer, pytest.raises(Forbidden):
        send_message(viewer, conversation_id=talk.pk, body="Hello")


def test_members_talk_among_themselves_about_a_client(family):
    talk = family.talk("owner", said=[("kim", "What do you think?")])
    assert talk.is_internal
    with family.as_("owner") as viewer:
        assert words(viewer, talk) == ["What do you think?"]
    with family.as_("ana") as viewer:
        assert not Conversation.objects.exists()
        assert not Conversation.objects.visible_to(viewer).exists()
    with family.as_("kim") as viewer, pytest.raises(Invalid, match="may not read"):
        family.start(viewer, "biller")


def test_sent_twice_it_is_one_message(family):
    talk, own = family.talk("ana"), new_id()
    first = family.say("ana", talk, "Only once", message_id=own)
    again = family.say("ana", talk, "Only once", message_id=own)
    assert first.pk == again.pk == own
    with family.as_("ana") as viewer, pytest.raises(Conflict, match="another window"):
        send_message(viewer, conversation_id=talk.pk, body="Something else", message_id=own)
    with family.as_("kim") as viewer:
        assert words(viewer, talk) == ["Only once"]


def test_an_id_that_is_somebody_elses_message_is_not_answered(family):
    own = new_id()
    first = family.talk("ana")
    family.say("ana", first, "Ana's words", message_id=own)
    second = family.talk("ben")
    with family.as_("ben") as viewer, pytest.raises(Exception, match="messaging_message_pkey"), transaction.atomic():
        send_message(viewer, conversation_id=second.pk, body="Ana's words", message_id=own)


def test_a_retraction_is_an_entry_of_its_own(family):
    talk = family.talk("ana", said=[("kim", "Wrong words")])
    with family.as_("kim") as viewer:
        (said,) = Message.objects.all()
        entry = retract_message(viewer, message_id=said.pk, reason="Meant for somebody else")
        assert retract_message(viewer, message_id=said.pk).pk == entry.pk
        page = talk_page(viewer, talk.pk)
        assert [(each.body, each.is_retracted) for each in page.messages] == [
            ("Wrong words", True),
            ("Meant for somebody else", False),
        ]
    with family.as_("ana") as viewer:
        assert [each.body for each in talk_page(viewer, talk.pk).messages] == ["", "Meant for somebody else"]
        assert unread_count(viewer) == 0
        with pytest.raises(Forbidden):
            retract_message(viewer, message_id=said.pk)


def test_unread_is_each_persons_own(family):
    talk = family.talk("ana", said=[("ana", "One"), ("ana", "Two")])
    with family.as_("kim") as viewer:
        assert unread_count(viewer) == 2
        assert mark_read(viewer, conversation_id=talk.pk, through=1)
        assert unread_count(viewer) == 1
        assert not mark_read(viewer, conversation_id=talk.pk, through=1)
        note_seen(viewer, Message.objects.values_list("pk", flat=True))
        note_seen(viewer, Message.objects.values_list("pk", flat=True))
        assert Seen.objects.count() == 2
    with family.as_("ana") as viewer:
        assert unread_count(viewer) == 0
        assert Seen.objects.count() == 0
    with family.as_("owner") as viewer:
        assert unread_count(viewer) == 0


def test_whose_portal_was_closed_reads_and_writes_no_more(family):
    from kinbook.access.models import PortalSuspension

    talk = family.talk("ben", said=[("ben", "Hello")])
    with family.as_("owner") as viewer:
        PortalSuspension.objects.create(
            practice_id=viewer.practice_id,
            client=family.mia,
            party_id=family.people["ben"],
            reason="Court order",
            suspended_at=viewer.now,
            suspended_by=viewer.name,
        )
    with family.as_("ben") as viewer:
        with pytest.raises(Unknown):
            talk_page(viewer, talk.pk)
        assert not Message.objects.exists()
    with family.as_("kim") as viewer:
        page = talk_page(viewer, talk.pk)
        assert [each.body for each in page.messages] == ["Hello"]
        assert "can no longer read" in page.why_not


def test_a_clinician_whose_client_went_to_another_reads_no_more(family):
    from kinbook.team.commands.clients import assign_clinicians

    talk = family.talk("ana", said=[("ana", "Hello")])
    with family.as_("owner") as viewer:
        assign_clinicians(viewer, client_id=family.mia.pk, primary_id=family.cast.members["entire"], shared_ids=[])
    with family.as_("kim", later(1)) as viewer, pytest.raises(Unknown):
        talk_page(viewer, talk.pk)
    with family.as_("entire", later(1)) as viewer:
        assert words(viewer, talk) == ["Hello"]


def test_a_portal_person_begins_a_conversation_with_who_answers(family):
    with family.as_("ana") as viewer:
        talk = start_from_portal(viewer, client_id=family.mia.pk, about="Thursday", kind="billing")
        send_message(viewer, conversation_id=talk.pk, body="Hello")
    with family.as_("biller") as viewer:
        assert words(viewer, talk) == ["Hello"]
        assert set(Participant.objects.values_list("name", "relation")) == {("Ana Ortiz", "parent"), ("Sam Doyle", "")}
    with family.as_("ana") as viewer, pytest.raises(Unknown):
        start_from_portal(viewer, client_id=new_id())
    with family.as_("ana") as viewer, pytest.raises(Unknown):
        start_from_portal(viewer, client_id=family.mia.pk, confidential=True)
    with family.as_("mia") as viewer:
        talk = start_from_portal(viewer, client_id=family.mia.pk, confidential=True)
    with family.as_("kim") as viewer:
        assert [each.name for each in talk_page(viewer, talk.pk).people] == ["Mia Ortiz", "Dr June Kim"]


def test_the_program_computes_the_digests_of_the_database(family):
    talk = family.talk("ana", said=[("ana", "Hello\nthere – ñandú"), ("kim", "Hi")])
    with family.as_("kim") as viewer:
        (said, _) = Message.objects.order_by("number")
        retract_message(viewer, message_id=Message.objects.get(number=2).pk)
        before = ""
        for each in Message.objects.order_by("number"):
            author = f"member:{each.author_member_id}" if each.author_member_id else f"party:{each.author_party_id}"
            link = Link(
                conversation_id=talk.pk,
                number=each.number,
                id=each.pk,
                author=author,
                sent_at=each.sent_at,
                retracts_id=each.retracts_id,
                is_automatic=each.is_automatic,
                files_digest=each.files_digest,
                body_digest=sha256(each.body),
                author_name=each.author_name,
            )
            before = digest_of(link, before)
            assert before == bytes(each.digest).hex()
        assert bytes(Conversation.objects.get().last_digest).hex() == before
        assert said.sent_at < Message.objects.get(number=2).sent_at


def test_the_log_tells_of_a_message_and_nothing_of_its_words(family):
    family.talk("ana", said=[("kim", "plantedwords")])
    with family.as_("owner"):
        assert Entry.objects.filter(action="message.sent", client_id=family.mia.pk).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_entry WHERE details::text LIKE '%%plantedwords%%'")
            assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_too_little_and_too_much_is_refused(family, text):
    talk = family.talk("ana")
    with family.as_("kim") as viewer, pytest.raises(Invalid):
        send_message(viewer, conversation_id=talk.pk, body=text)

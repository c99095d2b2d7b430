"""Many who write at the same moment: an order without gaps, one message for one id, and a chain that holds."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from kinbook.messaging.commands.send import send_message
from kinbook.messaging.models import Message
from kinbook.messaging.queries.transcript import TranscriptFilters
from kinbook.rules.transcript import verify
from kinbook.tenancy.fields import new_id
from tests.messaging.family import set_family


@pytest.fixture
def family(lasting_cast):
    return set_family(lasting_cast)


def at_once(*deeds):
    start, wrong = Barrier(len(deeds)), []

    def one(deed):
        try:
            start.wait()
            deed()
        except Exception as problem:  # noqa: BLE001 - told below
            wrong.append(repr(problem))
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong


def exported(family):
    from kinbook.messaging.commands.exporting import export_json

    with family.as_("kim") as viewer:
        return export_json(viewer, client_id=family.mia.pk, filters=TranscriptFilters()).content.decode()


def test_one_id_sent_six_times_at_once_is_one_message(family):
    talk, own = family.talk("ana"), new_id()
    at_once(*(lambda: family.say("ana", talk, "Once", message_id=own) for _ in range(6)))
    with family.as_("kim"):
        assert list(Message.objects.values_list("pk", "body")) == [(own, "Once")]


def test_a_hundred_messages_at_once_stand_in_one_order_and_one_chain(family):
    talk = family.talk("ana")

    def many(who):
        for number in range(25):
            family.say(who, talk, f"{who} {number}")

    at_once(*(lambda who=who: many(who) for who in ("ana", "kim", "ana", "kim")))
    with family.as_("kim"):
        rows = list(Message.objects.order_by("number").values_list("number", "sent_at"))
    assert [number for number, _ in rows] == list(range(1, 101))
    assert [at for _, at in rows] == sorted({at for _, at in rows})
    assert verify(exported(family)).ok


def test_what_fails_half_way_was_never_sent(family):
    talk = family.talk("ana")

    def cut():
        with family.as_("kim") as viewer:
            send_message(viewer, conversation_id=talk.pk, body="Lost connection")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        cut()
    own = new_id()
    family.say("kim", talk, "Sent again", message_id=own)
    with family.as_("kim"):
        assert list(Message.objects.values_list("number", "body")) == [(1, "Sent again")]

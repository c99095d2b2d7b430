"""A conversation is handed over in the very moment somebody sends: nobody's words are lost, and no page breaks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections
from psycopg import errors

from kinbook.invitations.commands.sessions import open_session
from kinbook.messaging.commands.drafts import schedule_message, unschedule_message
from kinbook.messaging.commands.send import add_message
from kinbook.messaging.jobs import send_later
from kinbook.messaging.models import Draft, Message, Participant
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.queries.handover import Handover
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict
from tests.api.caller import Caller
from tests.messaging.family import set_family
from tests.payments.test_at_once import PATIENCE, Held
from tests.portal.guest import Guest, words_of
from tests.scheduling.visitor import Visitor

MOVED = "Eli Novak answers in place of Dr June Kim"


@pytest.fixture
def family(lasting_cast):
    """The family today: pages and programs ask by the clock."""
    lasting_cast.now = datetime.now(UTC)
    return set_family(lasting_cast)


@pytest.fixture
def talk(family):
    return family.talk("ana", said=[("ana", "Hello")])


def kim_goes_away(family, days=0):
    """Return the deed that hands over what is Dr Kim's for a week, from today or some days ahead."""

    def deed(viewer):
        on = viewer.today + timedelta(days=days)
        kim, eli = family.cast.members["kim"], family.cast.members["entire"]
        hand_over(viewer, handover=Handover(kim, eli, on, back_on=on + timedelta(days=7)))

    return deed


def meanwhile(family, deed):
    """Begin a deed when the handover is done and not committed, so that it waits for it; return what it gave."""

    def alone():
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        handover = Held(family.cast, kim_goes_away(family))
        doing = pool.submit(alone)
        handover.somebody_waits()
        handover.let_go()
        return doing.result(PATIENCE)


def said(family):
    with family.as_("owner"):
        return set(Message.objects.filter(is_automatic=False).values_list("body", flat=True))


@pytest.mark.parametrize("who", ["kim", "ana"])
def test_who_sends_is_told_where_it_goes_on(family, talk, who):
    def send():
        with pytest.raises(Conflict) as told:
            family.say(who, talk, "One more")
        return told.value.sentence

    sentence = meanwhile(family, send)
    assert sentence.startswith(MOVED)
    assert sentence.endswith("in another conversation. Nothing was sent.")
    assert said(family) == {"Hello"}


def test_the_page_tells_it_and_keeps_what_was_typed(family, talk):
    kim, url = Visitor(family.cast, "kim"), f"/messages/{talk.pk}/"
    typed = {"body": "One more <b>", "message_id": str(new_id())}
    answer = meanwhile(family, lambda: kim.send(f"{url}send/", typed))
    assert answer.status_code == 422
    for shown in (answer.content.decode(), kim.get(url).content.decode()):
        assert MOVED in shown
        assert "What you wrote was not sent" in shown
        assert "One more &lt;b&gt;</textarea>" in shown
        assert "Continued with Eli Novak" in shown
        assert "data-composer" not in shown
    assert "Nothing was sent." in answer.content.decode()
    with family.as_("kim"):
        assert Draft.objects.get().body == "One more <b>"
    assert said(family) == {"Hello"}


def test_the_portal_tells_it_and_shows_what_was_typed(family, talk):
    secret = open_session(practice_id=family.cast.practice_id, party_id=family.people["ana"], now=family.cast.now)
    ana, url = Guest(secret), f"/portal/messages/{talk.pk}/"
    typed = {"body": "One more <b>", "message_id": str(new_id())}
    answer = meanwhile(family, lambda: ana.post(url, typed))
    assert answer.status_code == 422
    assert "This was not sent" in words_of(answer)
    assert "Write to Eli Novak" in words_of(answer)
    assert "One more &lt;b&gt;</textarea>" in answer.content.decode()
    assert "What you wrote" not in ana.read(url)
    assert said(family) == {"Hello"}


def test_a_program_is_answered_409(family, talk):
    kim = Caller(family.cast, "kim")
    path, own = f"/conversations/{talk.pk}", str(new_id())
    answer = meanwhile(family, lambda: kim("POST", f"{path}/messages", {"id": own, "body": "One more"}))
    assert answer.status_code == 409
    assert answer.told["detail"].startswith(MOVED)
    assert kim.get(path)["continued_in_id"]
    assert said(family) == {"Hello"}


def test_what_was_to_be_sent_by_now_stays_with_who_wrote_it(family, talk):
    written = family.cast.now - timedelta(minutes=2)
    with family.as_("kim", written) as viewer:
        at = written + timedelta(minutes=1)
        draft = schedule_message(viewer, conversation_id=talk.pk, body="Good morning", send_at=at)
    who = str(family.cast.practice_id), str(family.cast.members["kim"])
    meanwhile(family, lambda: send_later(*who, str(draft.pk)))
    with family.as_("kim"):
        kept = Draft.objects.get()
    assert (kept.pk, kept.body) == (draft.pk, "Good morning")
    assert kept.problem.startswith(MOVED)
    kim, url = Visitor(family.cast, "kim"), f"/messages/{talk.pk}/"
    assert "It was not sent: Eli Novak" in kim.get(url).content.decode()
    with family.as_("kim") as viewer:
        unschedule_message(viewer, draft_id=draft.pk)
    assert "Good morning</textarea>" in kim.get(url).content.decode()
    assert said(family) == {"Hello"}


def test_a_day_that_begins_while_somebody_sends_is_told_too(family, talk):
    """The message before stands after midnight: by its day it is refused, and by the sender's it is not."""
    with family.as_("owner") as viewer:
        kim_goes_away(family, days=3)(viewer)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE messaging_conversation SET last_at = last_at + interval '5 days'")
    with pytest.raises(Conflict) as told:
        family.say("kim", talk, "One more")
    sentence = "This conversation goes on in another one by now: look at it again. Nothing was sent."
    assert told.value.sentence == sentence


def test_what_the_database_refuses_otherwise_is_no_handover(family, talk):
    with family.as_("owner") as viewer:
        part = Participant(practice_id=viewer.practice_id, conversation=talk, member_id=viewer.id, name="Helen Marsh")
        with pytest.raises(IntegrityError) as refused:
            add_message(viewer, part, body="I take no part in it")
    assert isinstance(refused.value.__cause__, errors.RestrictViolation)

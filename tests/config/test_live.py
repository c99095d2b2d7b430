"""Live pages: told at once, to whom it concerns, nothing twice and nothing lost, and no longer than one may look."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections

from kinbook.accounts.models import SignIn
from kinbook.config.live import stream as live
from kinbook.config.live.hub import Hub
from kinbook.invitations.commands.sessions import open_session
from kinbook.invitations.commands.suspend import suspend_portal
from kinbook.messaging.commands.reading import mark_read
from kinbook.people.models import Contact
from kinbook.portal.views.frame import COOKIE
from kinbook.team.commands.leaving import let_go
from tests.config.browser import WITHIN, connected, once
from tests.messaging.family import set_family
from tests.scheduling.visitor import Visitor


@pytest.fixture
def family(lasting_cast):
    return set_family(lasting_cast)


@pytest.fixture
def talk(family):
    return family.talk("ana", said=[("ana", "Hello from Ana")])


@pytest.fixture
def door(family):
    """The cookies of a member who signed in."""

    def cookies_of(name):
        visitor = Visitor(family.cast, name)
        return {settings.SESSION_COOKIE_NAME: visitor.cookies[settings.SESSION_COOKIE_NAME].value}

    return cookies_of


@pytest.fixture(autouse=True)
def hub(monkeypatch):
    """A server's own: it begins and ends with the test."""
    made = Hub()
    monkeypatch.setattr(live, "hub", made)
    return made


def play(story, hub):
    """Run a story with connections, in a thread of its own: this one's database is not asynchronous."""

    async def until_the_end():
        try:
            return await story()
        finally:
            await hub.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, until_the_end()).result(60)


async def does(deed, *args, **more):
    """Do something as another process would, in a thread with a connection of its own."""

    def alone():
        try:
            return deed(*args, **more)
        finally:
            connections.close_all()

    return await asyncio.to_thread(alone)


def new(event):
    return [each["id"] for each in event["data"]["messages"]]


def test_a_message_is_told_at_once_to_who_takes_part(family, talk, door, hub):
    cookies = door("kim")

    async def story():
        async with connected(cookies) as kim:
            first = await kim.next()
            said = await does(family.say, "ana", talk, "And another")
            heard = await kim.until(new)
        return first, said, heard[-1]

    first, said, told = play(story, hub)
    assert (first["event"], first["data"]) == ("news", {"unread": 1, "messages": []})
    assert told["data"] == {"unread": 2, "messages": [{"conversation": str(talk.pk), "id": str(said.pk)}]}
    assert "And another" not in json.dumps(told)


def test_it_is_told_to_nobody_else(family, talk, door, hub):
    ben_talks = family.talk("ben", by="entire")
    cookies = door("kim")

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(family.say, "ben", ben_talks, "Planted by Ben")
            mine = await does(family.say, "ana", talk, "From Ana")
            return mine, await kim.until(new)

    mine, heard = play(story, hub)
    assert [each for event in heard for each in new(event)] == [str(mine.pk)]
    assert str(ben_talks.pk) not in json.dumps(heard)


def test_whoever_comes_back_gets_what_they_missed_once(family, talk, door, hub):
    cookies = door("kim")

    async def story():
        async with connected(cookies) as kim:
            last = (await kim.next())["id"]
        missed = [await does(family.say, "ana", talk, f"Missed {number}") for number in range(3)]
        async with connected(cookies, last=last) as kim:
            again = await kim.next()
        async with connected(cookies, last=again["id"]) as kim:
            nothing = await kim.next()
        return missed, again, nothing

    missed, again, nothing = play(story, hub)
    assert new(again) == [str(each.pk) for each in missed]
    assert new(nothing) == []


def test_nothing_is_lost_where_a_later_message_is_there_earlier(family, talk, door, hub):
    """A transaction that began before the last look and ends after it is new to the next, whatever its clock says."""
    other = family.talk("ben")
    cookies = door("kim")

    async def story():
        begun, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow():
            with family.as_("ana") as viewer:
                from kinbook.messaging.commands.send import send_message

                said = send_message(viewer, conversation_id=talk.pk, body="Slow")
                loop.call_soon_threadsafe(begun.set)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(WITHIN)
            return said

        async with connected(cookies) as kim:
            await kim.next()
            slowly = asyncio.create_task(does(slow))
            await begun.wait()
            quick = await does(family.say, "ben", other, "Quick")
            first = (await kim.until(new))[-1]
            go_on.set()
            said = await slowly
            second = (await kim.until(new))[-1]
        return quick, first, said, second

    quick, first, said, second = play(story, hub)
    assert new(first) == [str(quick.pk)]
    assert new(second) == [str(said.pk)]


def test_reading_in_one_window_counts_in_the_other(family, talk, door, hub):
    cookies = door("kim")

    def read():
        with family.as_("kim") as viewer:
            mark_read(viewer, conversation_id=talk.pk)

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(read)
            return (await kim.until(lambda event: event["data"]["unread"] == 0))[-1]["data"]

    assert play(story, hub) == {"unread": 0, "messages": []}


def test_it_ends_when_the_member_leaves(family, door, hub):
    cookies = door("kim")

    def leave():
        with family.as_("owner") as viewer:
            let_go(viewer, member_id=family.cast.members["kim"])

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(leave)
            heard = await kim.until(lambda event: event["event"] == "end")
            return heard[-1]["event"]

    assert play(story, hub) == "end"


def test_it_ends_with_its_session_at_once(family, door, hub):
    cookies = door("kim")

    def sign_out():
        SignIn.objects.filter(session_key=cookies[settings.SESSION_COOKIE_NAME]).delete()

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(sign_out)
            return (await kim.until(lambda event: event["event"] == "end"))[-1]["event"]

    assert play(story, hub) == "end"


def test_it_ends_when_the_session_has_been_idle(family, door, hub, monkeypatch):
    monkeypatch.setattr(live, "SILENCE", 0.1)
    monkeypatch.setattr(live, "AGAIN", 0.3)
    cookies = door("kim")

    def idle():
        found = SignIn.objects.filter(session_key=cookies[settings.SESSION_COOKIE_NAME])
        found.update(last_used_at=datetime.now(UTC) - timedelta(hours=1))

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(idle)
            return (await kim.until(lambda event: event["event"] == "end"))[-1]["event"]

    assert play(story, hub) == "end"


def test_only_whose_rights_change_is_told(family):
    """A practice of hundreds does not look again because one contact was edited."""
    people, members = family.cast.people, family.cast.members
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=connections["owner"].settings_dict["NAME"]) as listener:
        listener.autocommit = True
        listener.execute("LISTEN kinbook_live")
        with family.as_("owner") as viewer:
            Contact.objects.filter(party_id=people["ana"]).update(emergency_contact=True)
        with family.as_("owner") as viewer:
            let_go(viewer, member_id=members["kim"])
        told = {whom for notice in listener.notifies(timeout=2) for whom in json.loads(notice.payload)["to"]}
    assert told == {f"portal:{people['ana']}", f"member:{members['kim']}"}


def test_the_database_may_go_and_come_back(family, talk, door, hub):
    cookies = door("kim")

    def cut():
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
            return cursor.fetchone()[0]

    async def story():
        async with connected(cookies) as kim:
            await kim.next()
            await does(family.say, "ana", talk, "Before")
            await kim.until(new)
            assert await does(cut) == 1
            said = await does(family.say, "ana", talk, "While nobody listened")
            return said, (await kim.until(new))[-1]

    said, told = play(story, hub)
    assert new(told) == [str(said.pk)]


def test_where_streams_are_cut_a_browser_asks_instead(family, talk, door, hub):
    cookies = door("kim")

    async def story():
        before = json.loads((await once(cookies, accept="application/json")).body)
        said = await does(family.say, "ana", talk, "Asked for")
        after = json.loads((await once(cookies, accept="application/json", since=before["moment"])).body)
        return said, after

    said, after = play(story, hub)
    assert [each["id"] for each in after["messages"]] == [str(said.pk)]
    assert after["unread"] == 2


@pytest.mark.parametrize("cookies", [{}, {"sessionid": "no-such-session"}, {"sessionid": "é\x00"}])
def test_who_is_not_signed_in_hears_nothing(committed, hub, cookies):
    async def story():
        return (await once(cookies)).status

    assert play(story, hub) == 401


@pytest.mark.parametrize("since", ["x", "1:2", "5:1:", "1:9:4,4", "1:9:99", "99999999999999999999:1:", "1:2:'--"])
def test_a_moment_that_never_was_is_no_moment(family, door, hub, since):
    cookies = door("kim")

    async def story():
        return json.loads((await once(cookies, accept="application/json", since=since)).body)

    assert play(story, hub)["messages"] == []


def test_while_the_database_is_away_a_browser_is_told_to_come_again(hub, monkeypatch):
    def fail(*_):
        raise OperationalError

    monkeypatch.setitem(live.DOORS, "/live", fail)

    async def story():
        return (await once({})).status

    assert play(story, hub) == 503


def test_other_methods_are_refused(family, door, hub):
    cookies = door("kim")

    async def story():
        return (await once(cookies, method="POST")).status

    assert play(story, hub) == 405


PORTAL = "/portal/live/"


@pytest.fixture
def guest(family):
    """The cookies of one of the family who signed in to the portal."""

    def cookies_of(name, **more):
        who = {"practice_id": family.cast.practice_id, "party_id": family.people[name]}
        return {COOKIE: open_session(**who, now=datetime.now(UTC), **more)}

    return cookies_of


def test_clinician_child_mother_and_father_each_hear_what_is_theirs(family, talk, door, guest, hub):
    with_ben = family.talk("ben")
    with_mia = family.talk("mia", confidential=True)
    own = {"ana": talk, "ben": with_ben, "mia": with_mia}
    kim, at_home = door("kim"), {name: guest(name) for name in own}

    async def story():
        async with AsyncExitStack() as open_:
            heard = {name: await open_.enter_async_context(connected(at_home[name], path=PORTAL)) for name in own}
            heard["kim"] = await open_.enter_async_context(connected(kim))
            for each in heard.values():
                await each.next()
            said = {name: await does(family.say, "kim", own[name], f"For {name}") for name in own}
            back = {name: await does(family.say, name, own[name], f"From {name}") for name in own}
            told = {name: await heard[name].until(new) for name in own}
            theirs = [await heard["kim"].until(new)]
            while sum(len(new(event)) for part in theirs for event in part) < 2 * len(own):
                theirs.append(await heard["kim"].until(new))
        return said, back, told, [each for part in theirs for event in part for each in new(event)]

    said, back, told, theirs = play(story, hub)
    for name in own:
        others = {str(each.pk) for other in own if other != name for each in (said[other], back[other])}
        ids = [each for event in told[name] for each in new(event)]
        assert ids[0] == str(said[name].pk)
        assert not others & set(ids)
    assert sorted(theirs) == sorted(str(each.pk) for each in [*said.values(), *back.values()])


def test_a_suspension_ends_it_at_once(family, talk, guest, hub):
    cookies = guest("ana")

    def suspend():
        with family.as_("owner") as viewer:
            for client in (family.mia, family.leo):
                suspend_portal(viewer, client=client, party_id=family.people["ana"], reason="Court order")

    async def story():
        async with connected(cookies, path=PORTAL) as ana:
            await ana.next()
            await does(suspend)
            return (await ana.until(lambda event: event["event"] == "end"))[-1]["event"]

    assert play(story, hub) == "end"


def test_a_session_that_was_idle_hears_nothing(family, guest, hub):
    cookies = guest("ana")
    from kinbook.invitations.models import Session

    Session.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=16))

    async def story():
        return (await once(cookies, path=PORTAL)).status

    assert play(story, hub) == 401


def test_a_member_who_looks_on_hears_nothing(family, guest, hub):
    cookies = guest("ana", member_id=family.cast.members["owner"])

    async def story():
        return (await once(cookies, path=PORTAL)).status

    assert play(story, hub) == 401

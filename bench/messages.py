"""message_live and message_search: how soon a message is seen while hundreds wait, and how soon one is found."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil
import psycopg

from bench.figures import Figure, percentile, show
from bench.practices import MAIN, email_of
from bench.visiting import Visitor, free_port, serving
from kinbook.config import environment

if TYPE_CHECKING:
    from uuid import UUID

CONNECTIONS, SENT = 300, 60
GOAL_LIVE, GOAL_MEMORY, GOAL_SEARCH = 100.0, 100.0, 100.0
WORDS = ("zurichsee", "zürich", "homework calm", "lett", "Zurichsee5")
OWNER = """
SELECT seat.practice_id, seat.member_id FROM team_seat AS seat JOIN team_user AS person ON person.id = seat.user_id
WHERE person.email = %s
"""
OPENED = """
INSERT INTO access_portalgrant (id, practice_id, client_id, party_id, access, messages, appointments, billing_documents,
                                payments, documents)
SELECT gen_random_uuid(), practice_id, client_id, party_id, true, true, true, true, false, false FROM (
  SELECT DISTINCT ON (link.party_id) link.practice_id, link.client_id, link.party_id FROM people_contact AS link
  JOIN people_client AS client ON client.id = link.client_id JOIN people_party AS child ON child.id = client.party_id
  WHERE link.practice_id = %s AND link.until IS NULL AND client.status = 'active' AND client.type = 'minor'
    AND child.date_of_birth > now() - interval '17 years'
  ORDER BY link.party_id LIMIT %s
) AS parent
ON CONFLICT (practice_id, client_id, party_id) DO UPDATE SET access = true, messages = true
RETURNING party_id
"""
CLINICIANS = "SELECT id FROM team_member WHERE practice_id = %s AND id <> %s ORDER BY id"


def main() -> None:
    """Serve, let hundreds wait, and send."""
    environment.set_up_django()
    port = free_port()
    with serving(
        ["kinbook.cli", "serve", "--port", str(port)], port, KINBOOK_HOME=os.environ["KINBOOK_HOME"]
    ) as server:
        practice, owner, clinicians = team()
        talk, token = talk_of(practice, owner, clinicians[0])
        doors = [("/live", signed_in(practice, clinicians[0])), *families(practice, CONNECTIONS - 1)]
        asyncio.run(measure_live(port, server.pid, doors, talk, token))
        measure_search(port)


def team() -> tuple[UUID, UUID, list[UUID]]:
    """Return the large practice, its owner, and its clinicians."""
    with psycopg.connect(environment.owner_url()) as database:
        row = database.execute(OWNER, [email_of(MAIN)]).fetchone()
        if row is None:
            sys.exit("The large practice was not built.")
        rows = database.execute(CLINICIANS, row).fetchall()
    return row[0], row[1], [each for (each,) in rows]


def signed_in(practice_id: UUID, member_id: UUID) -> str:
    """Return the cookie of a member, as sign-in leaves it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from kinbook.team.models import Seat

    user = Seat.objects.select_related("user").get(member_id=member_id).user
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session["practice"], session["member"] = str(practice_id), str(member_id)
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def families(practice_id: UUID, count: int) -> list[tuple[str, str]]:
    """Return as many doors as asked into the portal, each of somebody else: a person has one live page at a time."""
    from kinbook.invitations.commands.sessions import open_session
    from kinbook.portal.views.frame import COOKIE

    with psycopg.connect(environment.owner_url()) as database:
        rows = database.execute(OPENED, [practice_id, count]).fetchall()
    now = datetime.now(UTC)
    opened = [open_session(practice_id=practice_id, party_id=party_id, now=now) for (party_id,) in rows]
    return [("/portal/live/", f"{COOKIE}={secret}") for secret in opened]


def talk_of(practice_id: UUID, owner_id: UUID, clinician_id: UUID) -> tuple[str, str]:
    """Begin a conversation of the owner with a clinician about a client of theirs; return it and the owner's token."""
    from kinbook.access.models import Assignment
    from kinbook.messaging.commands.start import TalkDraft, start_conversation
    from kinbook.team.commands.tokens import make_token
    from kinbook.team.queries import acting_for

    with acting_for(practice_id, owner_id, now=datetime.now(UTC)) as viewer:
        held = Assignment.objects.filter(member_id=clinician_id).order_by("pk").first()
        if held is None:
            sys.exit("The clinician has no client.")
        talk = start_conversation(viewer, draft=TalkDraft(held.client_id, members=(clinician_id,)))
        _, secret = make_token(viewer, label="bench")
    return str(talk.pk), secret


async def measure_live(port: int, server: int, doors: list[tuple[str, str]], talk: str, token: str) -> None:
    """Show how long it takes from sending to the other side's browser, and what a waiting browser weighs."""
    before = weight(server)
    heard: asyncio.Queue[float] = asyncio.Queue()
    here: asyncio.Queue[str] = asyncio.Queue()
    waiting = [
        asyncio.create_task(wait(port, *door, here, heard if place == 0 else None)) for place, door in enumerate(doors)
    ]
    for _ in doors:
        await asyncio.wait_for(here.get(), 60)
    await asyncio.sleep(1)
    each = (weight(server) - before) / len(doors)
    taken = []
    for number in range(SENT):
        while not heard.empty():
            heard.get_nowait()
        started = time.perf_counter()
        await asyncio.to_thread(send, port, talk, token, f"Message {number}")
        taken.append(1000 * (await asyncio.wait_for(heard.get(), 10) - started))
        await asyncio.sleep(0.05)
    floor = 1000 * percentile(bare_notifications(), 0.95)
    slow = percentile(taken, 0.95)
    more = {"connections": len(doors), "median": round(percentile(taken, 0.5), 2)}
    show(Figure("message_live", slow, "ms p95", floor, slow / floor, GOAL_LIVE, slow <= GOAL_LIVE, more))
    show(Figure("message_live_memory", each, "kB", goal=GOAL_MEMORY, is_met=each <= GOAL_MEMORY, more={}))
    for one in waiting:
        one.cancel()


async def wait(
    port: int, address: str, cookie: str, here: asyncio.Queue[str], heard: asyncio.Queue[float] | None
) -> None:
    """Hold a connection open as a browser does; tell when it is there, and when something new is heard."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        status = await reader.readline()
        if b" 200 " not in status:
            sys.exit(f"A live connection was refused: {status!r}")
        while line := await reader.readline():
            if line.startswith(b"id:") and cookie:
                here.put_nowait(cookie)
                cookie = ""
            if heard and line.startswith(b"data:") and json.loads(line[5:])["messages"]:
                heard.put_nowait(time.perf_counter())
    writer.close()


def send(port: int, talk: str, token: str, words: str) -> None:
    """Send a message through the API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/conversations/{talk}/messages", json.dumps({"body": words}), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in {200, 201}:
        sys.exit(f"A message was not sent: {answer.status}")


def weight(server: int) -> float:
    """Return the kilobytes of the server and its children."""
    group = psutil.Process(server)
    return float(sum(each.memory_full_info().pss for each in (group, *group.children(recursive=True)))) / 1e3


def bare_notifications() -> list[float]:
    """Return how long a bare NOTIFY takes to its listener, in seconds."""
    taken = []
    with (
        psycopg.connect(environment.app_url(), autocommit=True) as listener,
        psycopg.connect(environment.app_url(), autocommit=True) as speaker,
    ):
        listener.execute("LISTEN bench")
        for _ in range(200):
            started = time.perf_counter()
            speaker.execute("NOTIFY bench")
            next(iter(listener.notifies(timeout=10)))
            taken.append(time.perf_counter() - started)
    return taken


def measure_search(port: int) -> None:
    """Show how long it takes to find messages by words, parts of words and without accents."""
    owner = Visitor(port)
    owner.sign_in(email_of(MAIN))
    taken = []
    for turn in range(12):
        for word in WORDS:
            answer = owner.ask(f"/messages/?{urlencode({'search': word})}")
            if answer.status != http.client.OK:
                sys.exit(f"A search failed: {answer.status}")
            if turn > 1:
                taken.append(1000 * answer.seconds)
    slow = percentile(taken, 0.95)
    more = {"median": round(percentile(taken, 0.5), 2)}
    show(Figure("message_search", slow, "ms p95", goal=GOAL_SEARCH, is_met=slow <= GOAL_SEARCH, more=more))


if __name__ == "__main__":
    main()

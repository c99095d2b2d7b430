"""`/live`: server-sent events of what is new for one person, or one look at it for browsers that poll.

An event's id is a moment of the database (a snapshot). Whoever comes back with the id of the last event they saw gets
everything that moment did not show, once: nothing is lost, nothing comes twice, however the connection broke.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.db import DatabaseError

from kinbook.config.live.hub import hub
from kinbook.config.live.looking import Look, look_as_member, look_in_portal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

DOORS = {"/live": look_as_member, "/portal/live/": look_in_portal}
"""The addresses of streams, and who looks behind each."""

SILENCE = 20.0
"""Seconds without a word: proxies close silent connections."""
AGAIN = 120.0
"""Seconds between two looks when nothing happens: what ends by a date or by itself is told to nobody."""
MOST = 2000
ALONE = [
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser asks: as whom, since when, and whether it waits or polls."""

    cookies: dict[str, str]
    since: str
    polls: bool


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one browser until it leaves, or until it may no longer see anything."""
    looking = DOORS[scope["path"]]
    asked = read(scope)
    if scope["method"] != "GET" or len(hub) >= MOST:
        await _refuse(send, 405 if scope["method"] != "GET" else 503)
        return
    try:
        first = await _look(looking, asked.cookies, asked.since)
    except DatabaseError:  # it is restarted: the browser asks again
        await _refuse(send, 503)
        return
    if first is None:
        await _refuse(send, 401)
        return
    if asked.polls:
        await _answer(send, first)
        return
    await _stay(receive, send, lambda since: _look(looking, asked.cookies, since), first)


def read(scope: Scope) -> Asked:
    """Read what a browser asks; what makes no sense is as if it were not there."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        cookies = {name: morsel.value for name, morsel in SimpleCookie(headers.get(b"cookie", "")).items()}
    except CookieError:
        cookies = {}
    query = parse_qs(scope["query_string"].decode("latin-1"))
    since = headers.get(b"last-event-id") or query.get("since", [""])[0]
    return Asked(cookies, since[:2000], "application/json" in headers.get(b"accept", ""))


async def _look(
    looking: Callable[[dict[str, str], str], Look | None], cookies: dict[str, str], since: str
) -> Look | None:
    return await asyncio.to_thread(looking, cookies, since)


async def _stay(
    receive: Receive, send: Send, look: Callable[[str], Awaitable[Look | None]], found: Look | None
) -> None:
    assert found is not None  # noqa: S101 - the caller looked
    person = found.practice_id, found.person
    wake = hub.join(*person)
    left = asyncio.create_task(_leaves(receive))
    try:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *ALONE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _write(send, _event(found))
        since, looked = found.news.moment, monotonic()
        while not left.done() and not hub.is_closed:
            happened = await _woken(wake, left)
            wake.clear()
            if not happened and monotonic() - looked < AGAIN:
                await _write(send, ": still here\n\n")
                continue
            try:
                found = await look(since)
            except DatabaseError:
                continue  # it is restarted: the browser keeps its place
            if found is None:
                await _write(send, "event: end\ndata: {}\n\n")
                break
            since, looked = found.news.moment, monotonic()
            await _write(send, _event(found) if happened or found.news.messages else ": still here\n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        left.cancel()
        hub.leave(*person, wake)


async def _woken(wake: asyncio.Event, left: asyncio.Task[None]) -> bool:
    """Wait for something to happen, the browser to leave, or the time to be up; tell whether something happened."""
    waiting = asyncio.create_task(wake.wait())
    try:
        done, _ = await asyncio.wait({waiting, left}, timeout=SILENCE, return_when=asyncio.FIRST_COMPLETED)
        return waiting in done
    finally:
        waiting.cancel()


async def _leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(found: Look) -> str:
    return f"id: {found.news.moment}\nevent: news\ndata: {json.dumps(found.told())}\n\n"


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, found: Look) -> None:
    body = json.dumps({"moment": found.news.moment, **found.told()}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *ALONE]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _refuse(send: Send, status: int) -> None:
    with suppress(OSError):
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), *ALONE]})
        await send({"type": "http.response.body", "body": b""})

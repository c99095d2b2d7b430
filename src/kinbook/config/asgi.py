"""What the web server loads: `/live` streams are answered here, everything else by Django in threads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinbook.config.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from kinbook.config.parent import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

THREADS = 8

die_with_parent()
pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]

from kinbook.config.live.hub import hub  # noqa: E402 - Django must be set up before
from kinbook.config.live.stream import DOORS, stream  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    elif scope["type"] == "http" and scope["path"] in DOORS:
        await stream(scope, receive, send)
    elif scope["type"] == "http":

        async def hear() -> dict[str, Any]:
            return await receive()  # granian's own is awaited, and no coroutine, which a2wsgi wants

        await pages(scope, hear, send)  # type: ignore[arg-type]


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif event["type"] == "lifespan.shutdown":
            await hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return

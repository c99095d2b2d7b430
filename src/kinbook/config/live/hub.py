"""Who is connected, and the one connection to the database that hears what happened."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from django.db import connections

if TYPE_CHECKING:
    from uuid import UUID

CHANNEL = "kinbook_live"
AGAIN_AFTER = 1.0
"""Seconds until a lost database is asked again."""

logger = logging.getLogger(__name__)


class Hub:
    """The streams of this process by the person they belong to.

    A notification names a practice, and the persons it concerns (`to`: "member:…", "portal:…"); without them it
    concerns everybody connected there, as when rights change. It carries nothing else: each stream looks for itself
    what it may see.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._waiting: dict[tuple[str, str], set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self.is_closed = False

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def join(self, practice_id: UUID, person: str) -> asyncio.Event:
        """Return an event that is set whenever something concerns the person; the first to come begins to listen."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        wake = asyncio.Event()
        self._waiting[str(practice_id), person].add(wake)
        return wake

    def leave(self, practice_id: UUID, person: str, wake: asyncio.Event) -> None:
        """Forget a stream that ended."""
        key = str(practice_id), person
        self._waiting[key].discard(wake)
        if not self._waiting[key]:
            del self._waiting[key]

    async def close(self) -> None:
        """End all streams: the server stops."""
        self.is_closed = True
        self._wake_all()
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError):
                logger.warning("Live pages lost the database")
            await asyncio.sleep(AGAIN_AFTER)

    async def _hear(self) -> None:
        wanted = connections["default"].get_connection_params()
        for ours in ("pool", "cursor_factory", "context", "server_side_binding", "prepare_threshold"):
            wanted.pop(ours, None)
        async with await psycopg.AsyncConnection.connect(**wanted, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake_all()  # what happened while nobody listened
            async for notice in connection.notifies():
                self._tell(notice.payload)

    def _tell(self, payload: str) -> None:
        told = json.loads(payload)
        practice = told["practice"]
        if "to" in told:
            keys = [(practice, person) for person in told["to"]]
        else:
            keys = [key for key in self._waiting if key[0] == practice]
        for key in keys:
            for wake in self._waiting.get(key, ()):
                wake.set()

    def _wake_all(self) -> None:
        for waiting in self._waiting.values():
            for wake in waiting:
                wake.set()


hub = Hub()

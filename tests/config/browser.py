"""A browser's end of a live connection: what it hears, event by event."""

import asyncio
import json
from contextlib import asynccontextmanager

from kinbook.config.live import stream as live

WITHIN = 10


class Heard:
    """The events of one connection, in their order."""

    def __init__(self):
        self.status = None
        self.body = b""
        self.has_body = asyncio.Event()
        self._said = asyncio.Queue()
        self._rest = ""

    async def send(self, part):
        if part["type"] == "http.response.start":
            self.status = part["status"]
            return
        self.body += part["body"]
        self._rest += part["body"].decode()
        while "\n\n" in self._rest:
            said, _, self._rest = self._rest.partition("\n\n")
            if not said.startswith(":"):
                self._said.put_nowait(dict(line.split(": ", 1) for line in said.splitlines()))
        if self.body or not part.get("more_body"):
            self.has_body.set()

    async def next(self):
        """Return the next event: its id, its name, and what it tells."""
        said = await asyncio.wait_for(self._said.get(), WITHIN)
        return {**said, "data": json.loads(said["data"])}

    async def until(self, wanted):
        """Return the events up to the first that is as wanted."""
        heard = []
        while not heard or not wanted(heard[-1]):
            heard.append(await self.next())
        return heard


def asked(cookies, *, since="", accept="text/event-stream", method="GET", path="/live", last=""):
    """Return how a server describes a request."""
    headers = [
        (b"cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()),
        (b"accept", accept.encode()),
        *([(b"last-event-id", last.encode())] if last else []),
    ]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": f"since={since}".encode() if since else b"",
        "headers": headers,
    }


@asynccontextmanager
async def connected(cookies, **more):
    """Connect, and leave at the end as a browser does."""
    heard, leaves = Heard(), asyncio.Event()

    async def receive():
        await leaves.wait()
        return {"type": "http.disconnect"}

    streaming = asyncio.create_task(live.stream(asked(cookies, **more), receive, heard.send))
    try:
        yield heard
    finally:
        leaves.set()
        await asyncio.wait_for(streaming, WITHIN)


async def once(cookies, **more):
    """Ask once, and return what came back."""
    async with connected(cookies, **more) as heard:
        await asyncio.wait_for(heard.has_body.wait(), WITHIN)
        return heard

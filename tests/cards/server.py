"""The demo's card processor for tests: told so, it is slow, away, broken, or its answer is lost on the way."""

import asyncio
import re
import sys
from pathlib import Path

from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[2] / "demo"))
import card_server

troubles: list[dict] = []


@web.middleware
async def trouble(request, handler):
    if request.path == "/_trouble":
        troubles[:] = await request.json()
        return web.Response()
    found = next((each for each in troubles if re.fullmatch(each["path"], request.path)), None)
    if found is None:
        return await handler(request)
    found["times"] = found.get("times", 1) - 1
    if found["times"] <= 0:
        troubles.remove(found)
    if found["kind"] == "broken":
        return web.json_response({"error": {"type": "api_error", "message": "Broken"}}, status=500)
    if found["kind"] == "slow":
        await asyncio.sleep(found["seconds"])
        return await handler(request)
    if found["kind"] == "lost":
        await handler(request)
    request.transport.close()
    return web.Response()


if __name__ == "__main__":
    card_server.serve("127.0.0.1", int(sys.argv[1]), Path(sys.argv[2]), trouble)

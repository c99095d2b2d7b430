"""The demo's card processor: a process beside the others, on the loopback address, its data beside the database."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kinbook.config import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).resolve().parents[3] / "demo" / "card_server.py"
STOP_WITHIN = 5


@contextmanager
def card_server(*, wanted: bool) -> Iterator[dict[str, str]]:
    """Hold it while inside, and yield what names it to the others; nothing where it is not installed or not wanted.

    `make run` installs it. Without it the demo says that cards are not set up, and all else works.
    """
    if not wanted or environment.text("KINBOOK_STRIPE_API") or not SCRIPT.exists() or find_spec("localstripe") is None:
        yield {}
        return
    port, kept = _free_port(), environment.home() / "cards.pickle"
    environment.home().mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--port", str(port), "--data", str(kept)], stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        yield {"KINBOOK_STRIPE_API": url, "KINBOOK_STRIPE_SCRIPT": f"{url}/js.stripe.com/v3/"}
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

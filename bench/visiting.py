"""Visitors: people who are signed in and ask for pages over HTTP, one or several at once."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench.practices import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 180
A_SITE = 30
"""Seconds a page may take before the benchmark gives up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how many seconds it took."""

    status: int
    body: bytes
    headers: dict[str, str]
    seconds: float


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser: one connection that is kept, and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Ask for a page, or send a form."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        try:
            response = self._send("GET" if form is None else "POST", path, body, sent)
        except (http.client.RemoteDisconnected, ConnectionError):  # it was kept for too long
            self.connection = None
            started = time.perf_counter()
            response = self._send("GET" if form is None else "POST", path, body, sent)
        content = response.read()
        seconds = time.perf_counter() - started
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(
            response.status, content, {name.lower(): value for name, value in response.headers.items()}, seconds
        )

    def _send(self, *request: Any) -> http.client.HTTPResponse:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=A_SITE)
        self.connection.request(*request)
        return self.connection.getresponse()

    def sign_in(self, email: str) -> None:
        """Sign in through the page, as people do."""
        self.ask("/account/sign-in/")
        answer = self.ask("/account/sign-in/", {"login": email, "password": PASSWORD})
        if answer.status != http.client.FOUND:
            text = re.sub(rb"<[^>]+>", b" ", answer.body).decode()
            sys.exit(f"{email} could not sign in: {answer.status} {' '.join(text.split())[:300]}")

    def beside(self, port: int | None = None) -> Visitor:
        """Return the same person in another window, perhaps at another site that knows the same sessions."""
        return Visitor(port or self.port, dict(self.cookies))


def visit(visitor: Visitor, paths: list[str], times: int, at_once: int, headers: dict[str, str]) -> list[float]:
    """Return how many milliseconds each visit took, by so many people at once; every page must be there."""
    taken: list[float] = []
    waiting = [paths[place % len(paths)] for place in range(times)]
    failed: list[str] = []

    def person() -> None:
        window = visitor.beside()
        while waiting:
            try:
                path = waiting.pop()
            except IndexError:  # somebody else took the last one
                return
            answer = window.ask(path, **headers)
            taken.append(1000 * answer.seconds)
            if answer.status != http.client.OK:
                failed.append(f"{path}: {answer.status}")

    people = [threading.Thread(target=person) for _ in range(at_once)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    if failed:
        sys.exit(f"A page failed: {failed[0]}")
    return taken


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(words: list[str], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until its pages answer, and end it afterwards."""
    told = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield process
        finally:
            process.terminate()


def wait_for(port: int, path: str = "/readyz") -> None:
    """Wait until a page answers."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            if Visitor(port).ask(path).status == http.client.OK:
                return
        except OSError:
            time.sleep(0.02)
    sys.exit("The server did not start.")

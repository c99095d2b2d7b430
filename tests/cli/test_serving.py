"""Kinbook as its two commands serve it: started, stopped, killed, started again; and a new installation set up."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]
OURS = ("KINBOOK_", "DATABASE_", "DJANGO_", "PORT", "PYTEST_")
STARTED_WITHIN, STOPPED_WITHIN = 120, 25


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def home():
    with tempfile.TemporaryDirectory(prefix="kinbook-serving-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class Served:
    """A process that serves, and what it said."""

    def __init__(self, home, *words, port=None):
        self.port = port or free_port()
        self.log = home / f"log-{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kinbook.cli", *words],
            env={**kept, "KINBOOK_HOME": str(home / "kinbook"), "PORT": str(self.port)},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self):
        return self.log.read_text()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def ready(self):
        ends = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                if urllib.request.urlopen(self.url("/healthz"), timeout=5).status == 200:  # noqa: S310 - our own address
                    return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"it did not come up: {self.said[-2000:]}")

    def get(self, path):
        with urllib.request.urlopen(self.url(path), timeout=10) as answer:  # noqa: S310 - our own address
            return answer.read().decode()

    def interrupt(self):
        """Do what Ctrl-C does in a terminal: every process of the group is told."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(STOPPED_WITHIN)

    def family(self):
        """Every process it started, the database's among them."""
        return [self.process.pid, *(each.pid for each in psutil.Process(self.process.pid).children(recursive=True))]


@contextmanager
def serving(home, *words, port=None):
    served = Served(home, *words, port=port)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.interrupt()


def postgres_of(home):
    """The processes that work for the home: those of its database by their folder, the others by their environment."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        inside = process.info["cwd"] and str(home) in process.info["cwd"]
        if process.info["status"] != psutil.STATUS_ZOMBIE and (inside or home_of(process) == str(home / "kinbook")):
            found.append(process)
    return found


def home_of(process):
    try:
        return process.environ().get("KINBOOK_HOME")
    except (psutil.Error, OSError):
        return None


def another_worker(served, old):
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        for each in psutil.Process(served.process.pid).children():
            try:
                if "worker" in each.cmdline() and each.pid != old:
                    return True
            except psutil.Error:
                continue
        time.sleep(0.1)
    return False


def gone(home):
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if not postgres_of(home):
            return True
        time.sleep(0.1)
    return False


def test_the_demo_starts_stops_with_its_database_and_survives_kill_9_of_everything(home):
    with serving(home, "demo") as served:
        served.ready()
        assert "kim@kinbook.example" in served.said
        assert "Dr Kim" in served.get("/account/sign-in/")
    assert served.process.returncode == 0
    assert gone(home), "processes are left after Ctrl-C"

    with serving(home, "demo") as served:
        served.ready()
        assert "Loading" not in served.said
        worker = next(each for each in psutil.Process(served.process.pid).children() if "worker" in each.cmdline())
        worker.kill()
        assert another_worker(served, worker.pid), "a worker that died is not replaced"
        everything = [psutil.Process(pid) for pid in served.family()] + postgres_of(home)
        for process in everything:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        served.process.wait(STOPPED_WITHIN)

    with serving(home, "demo") as served:
        served.ready()
        assert "Loading" not in served.said
        assert "Dr Kim" in served.get("/account/sign-in/")
        with serving(home, "demo") as second:
            second.ready()
        assert "Dr Kim" in served.get("/account/sign-in/"), "the first lost its database to the second's end"
        third = Served(home, "demo", port=served.port)
        assert third.process.wait(STOPPED_WITHIN) != 0
        assert "Traceback" not in third.said
    assert gone(home)


def test_a_demo_killed_while_it_loads_is_loaded_whole_the_next_time(home):
    killed = Served(home, "demo")
    ends = time.monotonic() + STARTED_WITHIN
    while "Loading" not in killed.said and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(1.5)
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.process.wait()
    with serving(home, "demo") as served:
        served.ready()
        assert "Dr Kim" in served.get("/account/sign-in/")


def test_the_first_visitor_of_a_real_installation_sets_it_up_with_the_printed_code(home):
    with serving(home, "serve") as served:
        served.ready()
        code = re.search(r"The code it asks for: (\w+)", served.said)[1]
        visitor = Visitor(served)
        assert "Set up" in visitor.get("/")
        owner = {
            "name": "Birch Street",
            "time_zone": "America/Chicago",
            "currency": "USD",
            "first_name": "Vera",
            "last_name": "Lund",
            "email": "vera@birch.example",
            "password": "a long walk by the river",
        }
        assert visitor.post("/set-up/", {**owner, "code": "0000000000"})[0] == 422
        assert visitor.post("/set-up/", {**owner, "code": code, "time_zone": "Mars/Olympus"})[0] == 422
        assert visitor.post("/set-up/", {**owner, "code": code})[0] == 200
        assert visitor.post("/set-up/", {**owner, "code": code})[0] in {403, 404, 409, 422}
        assert "demo" not in visitor.get("/account/sign-in/").lower()
        assert visitor.post("/account/sign-in/", {"login": owner["email"], "password": owner["password"]})[0] == 200
        assert "Clients" in visitor.get("/")
    assert served.process.returncode == 0


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, served):
        self.served = served
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path):
        with self.opener.open(self.served.url(path), timeout=10) as answer:
            return answer.read().decode()

    def post(self, path, fields):
        token = next((cookie.value for cookie in self.jar if "csrf" in cookie.name.lower()), "")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        try:
            with self.opener.open(self.served.url(path), data, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

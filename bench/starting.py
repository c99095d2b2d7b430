"""start: `make run` on a machine that has run it before, until the first page, beside the database alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, show
from bench.visiting import ROOT, free_port, wait_for
from kinbook.postgres.cluster import running

if TYPE_CHECKING:
    from collections.abc import Iterator

MORE = 3.0
"""Seconds that all of Kinbook may take longer than its database."""

TIMES = 3
MAKE = shutil.which("make") or "make"
STOPS_WITHIN = 60


@contextmanager
def run(home: Path) -> Iterator[float]:
    """Run Kinbook as the README says; yields the seconds until its first page, and stops it as Ctrl-C does."""
    port = free_port()
    # as a login has it: Python's settings of whoever measures, compiled modules left out among them, are not Kinbook's
    told = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PYTHON"))}
    started = time.perf_counter()
    process = subprocess.Popen(
        [MAKE, "--silent", "run"],
        cwd=ROOT,
        env={**told, "KINBOOK_HOME": str(home), "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port, "/account/sign-in/")
        yield time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(STOPS_WITHIN)


def start_again(home: Path) -> float:
    """Return how many seconds a start takes."""
    with run(home) as seconds:
        return seconds


def start_database(home: Path) -> float:
    """Return how many seconds the database alone takes to start."""
    started = time.perf_counter()
    with running(home):
        return time.perf_counter() - started


def main() -> None:
    """Run it once, then measure."""
    home = Path(tempfile.mkdtemp(prefix="kinbook-start-"))
    home.chmod(0o755)
    try:
        start_again(home)
        pairs = [(start_again(home), start_database(home)) for _ in range(TIMES)]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    whole, database = min(pairs, key=lambda pair: pair[0] - pair[1])
    more = {"more_s": round(whole - database, 2)}
    show(Figure("start", whole, "s", database, whole / database, database + MORE, whole - database <= MORE, more))


if __name__ == "__main__":
    main()

"""Writers that do drawn deeds at once, each a process; some are killed in the middle of what they do.

Started with what it needs as JSON on standard input; it forks the writers once Django stands, kills some, starts others
in their place, and tells at the end what was done.
"""

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from uuid import UUID

from kinbook.config import environment

environment.set_up_django()

from django.db import OperationalError, connections  # noqa: E402 - Django stands first

from kinbook.tenancy.refused import Refused  # noqa: E402
from tests.cast import Cast  # noqa: E402
from tests.storm.deeds import DEEDS  # noqa: E402

AGAIN = ("40P01", "40001")
"""A deadlock or serialization failure: the deed is done again, as a request would be."""
TRIES = 3
LONGEST = 200


def write(cast, seed, say):
    """Do drawn deeds until killed, and say of each what became of it."""
    draw = random.Random(seed)  # noqa: S311 - a storm that can be had again
    while True:
        name = draw.choice(sorted(DEEDS))
        say(f"{name} {outcome(cast, name, draw)}\n")


def outcome(cast, name, draw):
    for _ in range(TRIES):
        try:
            DEEDS[name](cast, draw)
        except Refused:
            return "refused"
        except OperationalError as wrong:
            if getattr(wrong.__cause__, "sqlstate", "") not in AGAIN:
                raise
        else:
            return "done"
    return "gave_up"


def fork(cast, seed, pipe):
    """Start a writer; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        write(cast, seed, lambda text: os.write(pipe, text.encode()))
    except BaseException:  # noqa: BLE001 - told to who started it
        os.write(pipe, b"failed failed\n")
        traceback.print_exc()
    os._exit(1)


def storm(told):
    """Let the writers write until so many deeds are tried, killing some of them meanwhile."""
    cast = cast_of(told)
    connections.close_all()
    draw = random.Random(told["seed"])  # noqa: S311
    read, pipe = os.pipe()
    writers = {fork(cast, draw.random(), pipe) for _ in range(told["writers"])}
    counts, killed, rest, ends = Counter(), 0, b"", time.monotonic() + told["seconds"]
    every = told["steps"] // (told["kills"] + 1)
    while (tried := sum(counts.values())) < told["steps"] and time.monotonic() < ends and not counts["failed failed"]:
        if select.select([read], [], [], 0.2)[0]:
            *lines, rest = (rest + os.read(read, 65536)).split(b"\n")
            counts.update(line.decode() for line in lines)
        if killed < told["kills"] and tried >= every * (killed + 1):
            killed += 1
            time.sleep(draw.random() / 20)  # wherever it is by then
            one = draw.choice(sorted(writers))
            end(one)
            writers = (writers - {one}) | {fork(cast, draw.random(), pipe)}
    for each in writers:
        end(each)
    return {"tried": sum(counts.values()), "killed": killed + len(writers), "counts": dict(sorted(counts.items()))}


def end(pid):
    """Kill a writer as a machine that loses power does."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def cast_of(told):
    cast = Cast(UUID(told["practice"]), ids(told["members"]))
    cast.people, cast.clients = ids(told["people"]), ids(told["clients"])
    cast.service_id, cast.location_id = UUID(told["service"]), UUID(told["location"])
    return cast


def ids(named):
    return {name: UUID(each) for name, each in named.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(storm(json.load(sys.stdin))))

"""A PostgreSQL of its own for the tests: started before Django reads its settings, thrown away at the end."""

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from kinbook.postgres.cluster import running
from kinbook.postgres.roles import prepare
from kinbook.postgres.urls import application_url

_stack = ExitStack()

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 * 1024**3
COMPILED = Path(__file__).parents[1] / "build" / "compiled"


def in_memory() -> Path | None:
    """Return the disk in memory where the machine has one with room: emptying tables is four times as quick there."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None


def start() -> None:
    """Start it in this process and name it to this one and its children."""
    if os.environ.get("KINBOOK_TESTING") == "1":
        return
    compile_once()
    home = Path(tempfile.mkdtemp(prefix="kinbook-tests-", dir=in_memory()))
    home.chmod(0o755)
    _stack.callback(shutil.rmtree, home, ignore_errors=True)
    cluster = _stack.enter_context(running(home, fast_and_unsafe=True))
    os.environ.update(
        KINBOOK_TESTING="1",
        KINBOOK_HOME=str(home),
        DATABASE_URL=cluster.url(),
        DATABASE_APP_URL=application_url(cluster.url()),
        DJANGO_SETTINGS_MODULE="kinbook.config.settings",
    )
    prepare(cluster.url(), application_url(cluster.url()))
    atexit.register(_stack.close)


def compile_once() -> None:
    """Keep what Python compiles, beside the sources: a run starts dozens of processes, and each would do it again."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(COMPILED)
    sys.dont_write_bytecode = False


start()

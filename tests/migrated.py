"""The migrated database that tests copy: kept as a dump while no migration changes, because migrating takes a while."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from kinbook.postgres.account import INSTALLED

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build/migrated"
BINARIES = INSTALLED / "bin"


def bring() -> None:
    """Fill the empty database of the tests: from the dump of these very migrations where there is one."""
    dump = KEPT / f"{digest()}.dump"
    owner = os.environ["DATABASE_URL"]
    if dump.exists():
        _run(BINARIES / "pg_restore", "--exit-on-error", "--dbname", owner, dump)
        return
    _run(sys.executable, "-m", "kinbook.cli", "migrate")
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.iterdir():
        old.unlink(missing_ok=True)
    unfinished = dump.with_suffix(f".{os.getpid()}")
    # rows of practices there are none yet, so it does not matter that the owner may not see them either
    _run(BINARIES / "pg_dump", "--enable-row-security", "--format", "custom", "--file", unfinished, owner)
    unfinished.replace(dump)


def digest() -> str:
    """Return what stands for everything a migration is made of: ours, the models, and the locked libraries'."""
    made_of = [
        *ROOT.glob("requirements/*.txt"),
        *(each for each in ROOT.glob("src/kinbook/**/migrations/*") if each.suffix in {".py", ".sql"}),
        *ROOT.glob("src/kinbook/postgres/*.py"),
        *ROOT.glob("src/kinbook/tenancy/*.py"),
        *ROOT.glob("src/kinbook/config/*.py"),
        *ROOT.glob("src/kinbook/**/models.py"),
    ]
    found = hashlib.sha256()
    for each in sorted(made_of):
        found.update(str(each.relative_to(ROOT)).encode() + each.read_bytes())
    return found.hexdigest()[:32]


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)

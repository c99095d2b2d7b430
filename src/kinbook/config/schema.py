"""Which migrations the code knows, read from its files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

PACKAGE = Path(__file__).resolve().parent.parent


@lru_cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """Return the newest migration of each of our apps."""
    newest = {}
    for path in sorted(PACKAGE.glob("*/migrations/0*.py")):
        newest[path.parent.parent.name] = path.stem
    return frozenset(newest.items())


def is_migrated(alias: str = "default") -> bool:
    """Tell whether the database has the newest migration of each of our apps; raises DatabaseError where it is away."""
    return newest_migrations() <= set(MigrationRecorder(connections[alias]).applied_migrations())

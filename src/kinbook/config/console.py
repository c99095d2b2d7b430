"""What the commands share: a progress bar on a terminal, one JSON object for programs, and a migrated database."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from django.db import OperationalError

from kinbook.config.schema import is_migrated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click._termui_impl import ProgressBar


def require_migrated() -> None:
    """End with a sentence where the database is not up to date."""
    try:
        migrated = is_migrated()
    except OperationalError:
        migrated = False
    if not migrated:
        click.echo("The database is away or not up to date: run `kinbook migrate` as its owner.", err=True)
        sys.exit(1)


@contextmanager
def progress(total: int, label: str, *, as_json: bool) -> Iterator[ProgressBar[int]]:
    """Show a bar on a terminal's error stream; elsewhere, and beside JSON, nothing."""
    hidden = as_json or not sys.stderr.isatty()
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar


def tell(told: dict[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(told, default=str, ensure_ascii=False))

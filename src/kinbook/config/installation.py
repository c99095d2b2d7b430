"""What commands on the command line stand on: the installation's database, and a sentence where it cannot be had."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from kinbook.config import environment
from kinbook.postgres.cluster import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterator


def fail(sentence: str, *, code: int = 1) -> NoReturn:
    """End with a sentence on the error stream."""
    click.echo(sentence, err=True)
    sys.exit(code)


@contextmanager
def installation() -> Iterator[None]:
    """Hold the database of this installation, whether the server runs or not, with the models usable."""
    try:
        with environment.database():
            environment.set_up_django()
            from kinbook.config.console import require_migrated

            require_migrated()
            yield
    except ClusterError as refused:
        fail(str(refused))

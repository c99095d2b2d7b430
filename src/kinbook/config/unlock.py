"""`kinbook unlock`: for whoever has lost their second step and nobody in the practice can help."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from kinbook.config import environment
from kinbook.postgres.cluster import ClusterError


@click.command("unlock")
@click.argument("email")
def unlock(email: str) -> None:
    """Remove a member's second step, who has lost it: they sign in with the password alone, and are told by letter."""
    try:
        with environment.database():
            environment.set_up_django()
            click.echo(_unlock(email))
    except ClusterError as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)


def _unlock(email: str) -> str:
    from kinbook.accounts.commands.factors import reset_for
    from kinbook.config.console import require_migrated
    from kinbook.tenancy.refused import Refused

    require_migrated()
    try:
        return f"{reset_for(email, now=datetime.now(UTC)).name} signs in with the password alone now."
    except Refused as refused:
        click.echo(refused.sentence, err=True)
        sys.exit(1)

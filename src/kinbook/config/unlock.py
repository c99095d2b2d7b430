"""`kinbook unlock`: for whoever has lost their second step and nobody in the practice can help."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from kinbook.config.installation import fail, installation


@click.command("unlock")
@click.argument("email")
def unlock(email: str) -> None:
    """Remove a member's second step, who has lost it: they sign in with the password alone, and are told by letter."""
    with installation():
        click.echo(_unlock(email))


def _unlock(email: str) -> str:
    from kinbook.accounts.commands.factors import reset_for
    from kinbook.tenancy.refused import Refused

    try:
        return f"{reset_for(email, now=datetime.now(UTC)).name} signs in with the password alone now."
    except Refused as refused:
        fail(refused.sentence)

"""`kinbook token`: API tokens, what a program shows to act as a member of the team."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from kinbook.config.installation import fail, installation


@click.group()
def token() -> None:
    """API tokens: what a program shows to act as a member of the team."""


@token.command("create")
@click.option("--member", required=True, metavar="EMAIL", help="Whose access it carries: the e-mail they sign in with.")
@click.option("--read-only", is_flag=True, help="It may look, and change nothing.")
@click.option("--expires", type=click.IntRange(1, 3650), metavar="DAYS", help="After so many days; never otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object, for programs.")
def token_create(*, member: str, read_only: bool, expires: int | None, as_json: bool) -> None:
    """Make an API token and print it, and nothing else: it is shown this once."""
    with installation():
        told = _made(member, read_only=read_only, days=expires)
    click.echo(json.dumps(told) if as_json else told["token"])


def _made(member: str, *, read_only: bool, days: int | None) -> dict[str, object]:
    from kinbook.team.commands.tokens import make_token_for
    from kinbook.tenancy.refused import Refused

    try:
        made, secret = make_token_for(member, now=datetime.now(UTC), read_only=read_only, days=days)
    except Refused as refused:
        fail(refused.sentence)
    until = made.expires_at.isoformat() if made.expires_at else None
    return {"token": secret, "member": member, "read_only": read_only, "expires_at": until}

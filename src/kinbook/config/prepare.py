"""What stands before serving: the schema as the owner, the demo where it is wanted, and a word about where it is."""

from __future__ import annotations

import json
import sys

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.utils import OperationalError

from kinbook.config import environment
from kinbook.config.console import require_migrated
from kinbook.config.schema import is_migrated
from kinbook.postgres.roles import prepare


def migrate_now() -> None:
    """Bring the schema up to date; without the owner's address, only check that it is."""
    owner, app = environment.owner_url(), environment.app_url()
    if not owner:
        require_migrated()
        return
    prepare(owner, app)
    if _is_migrated("owner"):
        return
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()


def _is_migrated(alias: str) -> bool:
    try:
        return is_migrated(alias)
    except OperationalError:
        return False


def check_models() -> None:
    """Say whether the models have changes that no migration holds, and whether Django finds mistakes."""
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def load_demo(*, says: bool = True) -> None:
    """Load the demo practice where the installation is empty, or what a killed start left of it."""
    from kinbook.seed.cards import keep_cards
    from kinbook.seed.load import is_loaded, load

    if not is_loaded():
        if says:
            click.echo("Loading the demo practice (once)…")
        load()
    if environment.text("KINBOOK_STRIPE_API"):
        keep_cards()


def refuse_demo() -> None:
    """End where the installation holds a demo practice: its passwords are known, so other machines never reach it."""
    from kinbook.seed.guard import holds_demo

    if holds_demo():
        click.echo(
            "This installation holds the demo practice, which is served on this machine only: leave --host out, "
            "or choose another KINBOOK_HOME or DATABASE_URL.",
            err=True,
        )
        sys.exit(1)


def announce(host: str, *, as_json: bool = False) -> None:
    """Print the address, and how to sign in or set up."""
    from kinbook.practice.first_visit import is_new, set_up_code
    from kinbook.tenancy.refused import Refused

    shown = "localhost" if host in {"127.0.0.1", "::1"} else host
    url = f"http://{shown}:{settings.PORT}"
    if as_json:
        told = {"url": url, "demo": settings.DEMO}
        click.echo(json.dumps(told if settings.DEMO or not is_new() else {**told, "set_up_code": set_up_code()}))
        return
    click.echo(f"\nKinbook is at {url}  (Ctrl-C stops it)")
    try:
        if settings.DEMO:
            _announce_cast()
        elif is_new():
            click.echo(f"Set it up there. The code it asks for: {set_up_code()}")
    except Refused as refused:
        click.echo(refused.sentence, err=True)


def _announce_cast() -> None:
    from kinbook.seed.cast import CAST, PASSWORD

    click.echo(f"Sign in with one click there, or with the password {PASSWORD} as:")
    for member in CAST:
        click.echo(f"  {member.email:<28} {member.name}, {member.role_name}")
    click.echo("")

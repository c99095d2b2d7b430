"""The command line: `kinbook serve`, `kinbook demo`, and the rest; every command has --help, most have --json."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from kinbook.config import environment
from kinbook.config.card_server import card_server
from kinbook.config.installation import fail, installation
from kinbook.config.tokens import token
from kinbook.config.transcript import transcript
from kinbook.config.unlock import unlock
from kinbook.postgres.cluster import ClusterError
from kinbook.postgres.roles import RoleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STOP_WITHIN = 10
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object, for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinbook")
def main() -> None:
    """Kinbook: practice management for clinicians who see minors and families."""


main.add_command(token)
main.add_command(unlock)
main.add_command(transcript)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port; PORT of the environment, else 8000.")
@AS_JSON
def serve(host: str, port: int | None, *, as_json: bool) -> None:
    """Serve this installation; a new one asks its first visitor to set it up."""
    _serve(host, port, demo=False, as_json=as_json)


@main.command()
@click.option("--port", type=int, help="Port; PORT of the environment, else 8000.")
@AS_JSON
def demo(port: int | None, *, as_json: bool) -> None:
    """Serve the demo practice on this machine: loaded when the database is new."""
    _serve("127.0.0.1", port, demo=True, as_json=as_json)


def _serve(host: str, port: int | None, *, demo: bool, as_json: bool) -> None:
    chosen = port or environment.port()
    flags = {"KINBOOK_DEMO": "1" if demo else "0", "PORT": str(chosen)}
    if demo and host not in LOOPBACK:
        fail("The demo is served on a loopback address only.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with suppress(KeyboardInterrupt), _in_words(), environment.database(), card_server(wanted=demo) as cards:
        flags |= cards
        _prepare(flags, demo=demo, host=host, as_json=as_json)
        _run(host, chosen, flags)


@contextmanager
def _in_words() -> Iterator[None]:
    """Tell why there is no database in a sentence."""
    try:
        yield
    except (ClusterError, RoleError) as refused:
        fail(str(refused))


def _prepare(flags: dict[str, str], *, demo: bool, host: str, as_json: bool) -> None:
    """Migrate and load in a process of its own, so that this one stays small."""
    words = ["prepare", "--demo" if demo else "--no-demo", "--host", host, *(["--json"] if as_json else [])]
    done = subprocess.run(
        [sys.executable, "-m", "kinbook.cli", *words], env=environment.child_environment(**flags), check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def _run(host: str, port: int, flags: dict[str, str]) -> None:
    """Serve pages and do jobs until told to stop."""
    child = environment.child_environment(**flags)
    web = subprocess.Popen([sys.executable, "-m", "kinbook.config.server", host, str(port)], env=child)
    workers = [_worker(child)]
    try:
        while web.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                web.wait(1)
            if web.poll() is None and workers[-1].poll() is not None:
                workers.append(_worker(child))  # a worker that died is no reason to stop: its jobs are done again
        if web.returncode:
            fail("The web server ended by itself; its last lines stand above.")
    except KeyboardInterrupt:
        click.echo("\nStopping…")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop((web, workers[-1]))


def _worker(child: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "kinbook.cli", "worker"], env=child)


def _stop(processes: tuple[subprocess.Popen[bytes], ...]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@main.command(hidden=True)
@click.option("--demo/--no-demo", default=False)
@click.option("--host", default="127.0.0.1")
@AS_JSON
def prepare(*, demo: bool, host: str, as_json: bool) -> None:
    """Migrate, load the demo where the database is new, and say where Kinbook is."""
    from kinbook.config.prepare import announce, load_demo, migrate_now, refuse_demo

    environment.set_up_django()
    with _in_words():
        migrate_now()
    if demo:
        load_demo(says=not as_json)
    if host not in LOOPBACK:
        refuse_demo()
    announce(host, as_json=as_json)


@main.command()
@click.option("--check-models", is_flag=True, help="Only say whether a migration is missing.")
@AS_JSON
def migrate(*, check_models: bool, as_json: bool) -> None:
    """Bring the database up to date, as its owner, and make or check the application's role."""
    with _in_words(), environment.database():
        from kinbook.config.prepare import check_models as check
        from kinbook.config.prepare import migrate_now

        environment.set_up_django()
        if check_models:
            check()
        else:
            migrate_now()
    if as_json:
        click.echo(json.dumps({"checked" if check_models else "migrated": True}))


@main.command("import")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Import without asking.")
@click.option("--as", "kind", type=click.Choice(["clients", "contacts"]), help="What the people in the file are.")
@click.option("--practice", default="", help="Which practice, by name or id, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
def import_(
    *, dry_run: bool, yes: bool, kind: str | None, practice: str, as_json: bool, files: tuple[str, ...]
) -> None:
    """Import clients and contacts from CSV, vCard or FHIR files; the same file twice doubles nobody.

    FHIR brings clients, vCard contacts, a CSV file what its columns say. Ends with 2 where a file cannot be read.
    """
    with environment.database():
        environment.set_up_django()
        from kinbook.exchange.cli import Wish, import_files

        as_clients = None if kind is None else kind == "clients"
        wish = Wish(dry_run=dry_run, yes=yes, as_json=as_json, as_clients=as_clients, practice=practice)
        sys.exit(import_files(files, wish))


@main.command()
def worker() -> None:
    """Do the jobs of this installation, until told to stop."""
    with environment.database():
        from kinbook.config.worker import work

        environment.set_up_django()
        work()


DAY = click.DateTime(["%Y-%m-%d"])


@main.command()
@click.option("--through", type=DAY, required=True, metavar="DATE", help="The last local date to invoice, 2026-11-30.")
@click.option("--dry-run", is_flag=True, help="Only say what would be invoiced, and what is left out and why.")
@click.option("--family", is_flag=True, help="One invoice per family where a payer may see all of it.")
@click.option("--practice", metavar="ID", help="Only this practice; every one of the installation otherwise.")
@AS_JSON
def bill(through: datetime, dry_run: bool, family: bool, practice: str | None, as_json: bool) -> None:
    """Create invoices for everything through a date. Killed, running it again finishes it."""
    with installation():
        from kinbook.config.bill import bill as create

        sys.exit(create(through.date(), dry=dry_run, by_family=family, practice=practice, as_json=as_json))


@main.group()
def ledger() -> None:
    """The journal of all money, and what is computed from it."""


@ledger.command("verify")
@AS_JSON
def ledger_verify(as_json: bool) -> None:
    """Recompute every stored figure from the journal and the facts; exit 1 and say so where one differs."""
    with installation():
        from kinbook.config.verify import verify

        sys.exit(verify(as_json=as_json))


@main.group()
def audit() -> None:
    """The audit log, and the seals that show it is as it was written."""


@audit.command("verify")
@click.option("--head", default="", metavar="DIGEST", help="A newest seal's digest that was kept: it must be there.")
@AS_JSON
def audit_verify(head: str, as_json: bool) -> None:
    """Compute every seal of the audit log again; exit 1 and say the first that is broken, and which entries."""
    with installation():
        from kinbook.config.audit import verify

        sys.exit(verify(head=head, as_json=as_json))


@main.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """Look whether everything is well: database, role, jobs, letters, disk; exit 1 where something is bad."""
    try:
        with environment.database():
            environment.set_up_django()
            from kinbook.config.doctor import doctor as look

            sys.exit(look(as_json=as_json))
    except ClusterError as refused:
        fail(f"BAD   database: {refused}")


if __name__ == "__main__":
    main()

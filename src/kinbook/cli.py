"""The command line: `kinbook serve`, `kinbook demo`, and the rest; every command has --help, most have --json."""

from __future__ import annotations

import signal
import subprocess
import sys

import click

from kinbook.config import environment
from kinbook.postgres.cluster import ClusterError
from kinbook.postgres.roles import RoleError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STOP_WITHIN = 10


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinbook")
def main() -> None:
    """Kinbook: practice management for clinicians who see minors and families."""


def fail(sentence: str, *, code: int = 1) -> None:
    """End with a sentence on the error stream."""
    click.echo(sentence, err=True)
    sys.exit(code)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port; PORT of the environment, else 8000.")
def serve(host: str, port: int | None) -> None:
    """Serve this installation; a new one asks its first visitor to set it up."""
    _serve(host, port, demo=False)


@main.command()
@click.option("--port", type=int, help="Port; PORT of the environment, else 8000.")
def demo(port: int | None) -> None:
    """Serve the demo practice on this machine: loaded when the database is new."""
    _serve("127.0.0.1", port, demo=True)


def _serve(host: str, port: int | None, *, demo: bool) -> None:
    chosen = port or environment.port()
    flags = {"KINBOOK_DEMO": "1" if demo else "0", "PORT": str(chosen)}
    if demo and host not in LOOPBACK:
        fail("The demo is served on a loopback address only.")
    try:
        with environment.database():
            _prepare(flags, demo=demo, host=host)
            _run(host, chosen, flags)
    except (ClusterError, RoleError) as refused:
        fail(str(refused))
    except KeyboardInterrupt:
        pass


def _prepare(flags: dict[str, str], *, demo: bool, host: str) -> None:
    """Migrate and load in a process of its own, so that this one stays small."""
    words = ["prepare", "--demo" if demo else "--no-demo", "--host", host]
    done = subprocess.run(
        [sys.executable, "-m", "kinbook.cli", *words], env=environment.child_environment(**flags), check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def _run(host: str, port: int, flags: dict[str, str]) -> None:
    """Serve pages and do jobs until told to stop."""
    child = environment.child_environment(**flags)
    worker = subprocess.Popen([sys.executable, "-m", "kinbook.cli", "worker"], env=child)
    web = subprocess.Popen([sys.executable, "-m", "kinbook.config.server", host, str(port)], env=child)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        code = web.wait()
        if code:
            fail("The web server ended by itself; its last lines stand above.")
    except KeyboardInterrupt:
        click.echo("\nStopping…")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@main.command(hidden=True)
@click.option("--demo/--no-demo", default=False)
@click.option("--host", default="127.0.0.1")
def prepare(*, demo: bool, host: str) -> None:
    """Migrate, load the demo where the database is new, and say where Kinbook is."""
    from kinbook.config.prepare import announce, load_demo, migrate_now

    environment.set_up_django()
    migrate_now()
    if demo:
        load_demo()
    announce(host)


@main.command()
@click.option("--check-models", is_flag=True, help="Only say whether a migration is missing.")
def migrate(*, check_models: bool) -> None:
    """Bring the database up to date, as its owner, and make or check the application's role."""
    with environment.database():
        from kinbook.config.prepare import check_models as check
        from kinbook.config.prepare import migrate_now

        environment.set_up_django()
        if check_models:
            check()
        else:
            migrate_now()


@main.command()
def worker() -> None:
    """Do the jobs of this installation, until told to stop."""
    with environment.database():
        from kinbook.config.worker import work

        environment.set_up_django()
        work()


if __name__ == "__main__":
    main()

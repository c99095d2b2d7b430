"""The environment, read here and nowhere else: where data lies, which database, which port, which secret."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kinbook.postgres.cluster import running
from kinbook.postgres.urls import application_url

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_PORT = 8000


def home() -> Path:
    """Return the folder of this installation's data (`KINBOOK_HOME`)."""
    named = os.environ.get("KINBOOK_HOME")
    if named:
        return Path(named).expanduser().absolute()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "kinbook"


def port() -> int:
    """Return the port to serve on (`PORT`)."""
    return int(os.environ.get("PORT") or DEFAULT_PORT)


def owner_url() -> str:
    """Return the address of the database for its owner; empty where this process may only use the application's."""
    return os.environ.get("DATABASE_URL", "")


def app_url() -> str:
    """Return the address everything but migrations connects with."""
    return os.environ.get("DATABASE_APP_URL") or (application_url(owner_url()) if owner_url() else "")


def is_demo() -> bool:
    """Tell whether this process serves the demo practice, which happens on a loopback address only."""
    return os.environ.get("KINBOOK_DEMO") == "1"


def flag(name: str) -> bool:
    """Tell whether a switch is on."""
    return os.environ.get(name) == "1"


def text(name: str, default: str = "") -> str:
    """Return one setting of the environment."""
    return os.environ.get(name) or default


def secret_key() -> str:
    """Return the key that signs sessions: `KINBOOK_SECRET_KEY`, or one kept in `home`."""
    named = os.environ.get("KINBOOK_SECRET_KEY")
    if named:
        return named
    path = home() / "secret.key"
    if not path.exists():
        home().mkdir(parents=True, exist_ok=True)
        partial = home() / f"secret.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(48))
        try:
            os.link(partial, path)  # whoever comes first wins; the others read theirs
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_text().strip()


@contextmanager
def database() -> Iterator[None]:
    """Hold a database while inside: the one named by `DATABASE_URL`, else the embedded one, started or joined."""
    if owner_url() or os.environ.get("DATABASE_APP_URL"):
        yield
        return
    with running(home()) as cluster:
        os.environ["DATABASE_URL"] = cluster.url()
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]


def child_environment(**more: str) -> dict[str, str]:
    """Return the environment for a process of ours."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "kinbook.config.settings", **more}


def set_up_django(**more: str) -> None:
    """Make the models and settings usable in this process."""
    os.environ.update(child_environment(**more))
    import django

    django.setup()

"""Database addresses: parsed, and the application's derived from the owner's."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ROLE = "kinbook_application"
"""The role that policies and grants name; each database's own sign-in role is a member of it."""


def socket_url(socket: Path, user: str, password: str, database: str) -> str:
    """Return the address of a database behind a Unix socket."""
    return f"postgresql://{user}:{quote(password, safe='')}@/{database}?{urlencode({'host': str(socket)})}"


def application_url(owner_url: str) -> str:
    """Return the application role's address, derived from the owner's: same server, own role, own password."""
    parts = urlsplit(owner_url)
    database = database_name(owner_url)
    password = hmac.new(
        unquote(parts.password or "").encode(), f"{APPLICATION_ROLE}/{database}".encode(), hashlib.sha256
    ).hexdigest()
    place = parts.netloc.rsplit("@", 1)[-1]
    login = f"{quote(application_login(database), safe='')}:{password}"
    return parts._replace(netloc=f"{login}@{place}").geturl()


def application_login(database: str) -> str:
    """Return the name of the role that signs in to one database."""
    return f"{database[:50]}_app"


def database_name(url: str) -> str:
    """Return the database an address names."""
    return unquote(urlsplit(url).path.lstrip("/"))


def with_database(url: str, database: str) -> str:
    """Return the address of another database on the same server, for the same role."""
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()


def django_settings(url: str) -> dict[str, object]:
    """Return Django's settings for an address."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name(url),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }

"""The application's role: made or checked by the owner before migrations, so that policies can name it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from kinbook.postgres.urls import APPLICATION_ROLE, database_name

OLDEST = 16_00_00


class RoleError(Exception):
    """The role could not be made or is too mighty; the message says what to do."""


def prepare(owner_url: str, app_url: str) -> None:
    """Make or check the application's role and its right to connect, as the owner of the database."""
    login = unquote(urlsplit(app_url).username or "")
    password = unquote(urlsplit(app_url).password or "")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if connection.info.server_version < OLDEST:
            message = "Kinbook needs PostgreSQL 16 or newer."
            raise RoleError(message)
        try:
            _make(connection, APPLICATION_ROLE, sql.SQL("NOLOGIN"))
            _make(connection, login, sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password)))
            _let_in(connection, login)
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(database_name(owner_url)), sql.Identifier(login)
                )
            )
        except psycopg.errors.InsufficientPrivilege as refused:
            message = (
                f"The owner of the database may not make roles ({refused}). As a superuser run: "
                f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN; CREATE ROLE {login} LOGIN PASSWORD '…' IN ROLE "
                f"{APPLICATION_ROLE}; then set DATABASE_APP_URL."
            )
            raise RoleError(message) from refused
        _require_modest(connection, login)


def _make(connection: psycopg.Connection, role: str, options: sql.Composable) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    if known and role == APPLICATION_ROLE:
        return
    try:
        connection.execute(sql.SQL(f"{verb} ROLE {{}} {{}}").format(sql.Identifier(role), options))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return  # another process made it meanwhile
    except psycopg.errors.InsufficientPrivilege:
        if not known:
            raise  # a login that a superuser made stays as it was made


def _let_in(connection: psycopg.Connection, login: str) -> None:
    asked = "SELECT pg_has_role(%s, %s, 'member')"
    if connection.execute(asked, [login, APPLICATION_ROLE]).fetchone() != (True,):
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APPLICATION_ROLE), sql.Identifier(login)))


def _require_modest(connection: psycopg.Connection, login: str) -> None:
    mighty = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [login]).fetchone()
    if mighty is None or mighty[0]:
        message = f"The role {login} may pass over row-level security; Kinbook does not start with it."
        raise RoleError(message)

"""Rows that the product wrote, read back and written again as plainly as PostgreSQL can: a floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table as COPY tells them; the transaction that wrote them is not among the columns."""

    table: str
    names: tuple[str, ...]
    text: bytes

    def parts(self) -> dict[str, sql.Composable]:
        """Return what statements about them name."""
        return {
            "table": sql.Identifier(self.table),
            "stage": sql.Identifier(f"floor_{self.table}"),
            "names": sql.SQL(", ").join(map(sql.Identifier, self.names)),
        }


def read(source: psycopg.Connection, table: str, condition: str = "") -> Rows:
    """Read the rows of a table that meet a condition."""
    names = tuple(name for (name,) in source.execute(COLUMNS, [table]) if name != "xact")
    found = Rows(table, names, b"")
    told = sql.SQL("COPY (SELECT {names} FROM {table} {condition}) TO STDOUT")
    with source.cursor().copy(told.format(**found.parts(), condition=sql.SQL(condition))) as copied:
        return Rows(table, names, b"".join(bytes(block) for block in copied))


def make_stage(target: psycopg.Connection, rows: Rows) -> None:
    """Make a plain table for the rows: row-level security refuses COPY."""
    made = sql.SQL("CREATE TABLE {stage} AS SELECT {names} FROM {table} WITH NO DATA")
    target.execute(made.format(**rows.parts()))


def fill_stage(target: psycopg.Connection, rows: Rows) -> None:
    """Copy the rows into their plain table."""
    with target.cursor().copy(sql.SQL("COPY {stage} FROM STDIN").format(**rows.parts())) as copied:
        copied.write(rows.text)


def insert(application: psycopg.Connection, rows: Rows) -> None:
    """Add the rows to their table in one statement, with its indexes and triggers."""
    inserted = sql.SQL("INSERT INTO {table} ({names}) SELECT {names} FROM {stage}")
    application.execute(inserted.format(**rows.parts()))


def change(application: psycopg.Connection, rows: Rows, names: tuple[str, ...]) -> None:
    """Change these columns of rows that are there, in one statement."""
    pairs = sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(sql.Identifier(each)) for each in names)
    changed = sql.SQL("UPDATE {table} AS kept SET {pairs} FROM {stage} AS new WHERE kept.id = new.id")
    application.execute(changed.format(**rows.parts(), pairs=pairs))

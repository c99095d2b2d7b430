"""Adding many rows in one statement, whatever their number: `INSERT … SELECT … FROM unnest(arrays)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import JSONField
from psycopg import sql
from psycopg.types.json import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Field, Model


def insert_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of the named columns (database names); the practice and the id are columns like the others."""
    if not rows:
        return
    fields = {field.column: field for field in model._meta.concrete_fields}
    statement = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.SQL(f"%s::{_type(fields[column])}[]") for column in columns),
    )
    values = [_values(fields[column], [row[place] for row in rows]) for place, column in enumerate(columns)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _type(field: Field[Any, Any]) -> str:
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def _values(field: Field[Any, Any], values: list[Any]) -> list[Any]:
    if isinstance(field, JSONField):
        return [None if value is None else Json(value) for value in values]
    return values

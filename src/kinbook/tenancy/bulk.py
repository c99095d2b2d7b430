"""Adding many rows in one statement, whatever their number: `INSERT … SELECT … FROM unnest(arrays)`."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import JSONField
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def _values(field: Field[Any, Any], values: list[Any]) -> str:
    return json_array(values) if isinstance(field, JSONField) else array(values)


PLAIN = frozenset({int, bool, date})
"""Types whose text needs no quotes inside an array."""


def array(values: Iterable[Any]) -> str:
    """Return values as PostgreSQL writes an array of them; the driver would adapt each by itself, many times slower."""
    return f"{{{','.join([_element(value) for value in values])}}}"


def json_array(values: Iterable[Any]) -> str:
    """Return what JSON can say as PostgreSQL writes an array of it; None is no value, not JSON's null."""
    return array(None if value is None else json.dumps(value) for value in values)


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) is UUID:
        return str(value.hex)
    if type(value) in PLAIN:
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

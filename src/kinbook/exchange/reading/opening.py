"""Opening a file: what kind it is by what stands in it, whatever its name; and its reading."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kinbook.exchange.reading.columns import Columns, guess_columns, is_field
from kinbook.exchange.reading.dates import Order
from kinbook.exchange.reading.fhir import read_fhir
from kinbook.exchange.reading.record import CSV, FHIR, VCARD, Reading, Unreadable
from kinbook.exchange.reading.spreadsheet import dates_order, read_spreadsheet
from kinbook.exchange.reading.table import DELIMITERS, Table, read_table
from kinbook.exchange.reading.text import decode
from kinbook.exchange.reading.vcard import read_vcard

if TYPE_CHECKING:
    from datetime import date

SAMPLES = 25
LARGEST_FILE = 32 * 1024 * 1024
"""Bytes: more than a hundred thousand clients with two contacts each."""
LARGER = f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB: load it in parts."
HEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How a file is to be read, as far as somebody has said so; what is not said is guessed."""

    as_clients: bool | None = None
    delimiter: str = ""
    has_header: bool | None = None
    columns: Columns | None = None

    def stored(self) -> dict[str, Any]:
        """Return the settings as JSON knows them."""
        columns = self.columns
        return {
            "as_clients": self.as_clients,
            "delimiter": self.delimiter,
            "has_header": self.has_header,
            "fields": list(columns.fields) if columns else None,
            "said": dict(columns.said) if columns else {},
            "order": columns.order.value if columns and columns.order else "",
        }


def settings_of(stored: dict[str, Any]) -> Settings:
    """Return the settings that were stored."""
    fields = stored.get("fields")
    columns = None
    if isinstance(fields, list):
        order = Order(stored["order"]) if stored.get("order") else None
        named = tuple(name if is_field(str(name)) else "" for name in fields)
        columns = Columns(named, stored.get("said") or {}, as_clients=True, order=order)
    return Settings(stored.get("as_clients"), stored.get("delimiter") or "", stored.get("has_header"), columns)


def kind_of_file(content: bytes) -> str:
    """Return csv, vcard or fhir; raises Unreadable for an empty file and for what is no text."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(LARGER)
    text, _ = decode(content)
    start = text[:20000].lstrip()
    if start[:30].replace(" ", "").upper().startswith("BEGIN:VCARD"):
        return VCARD
    if start[:1] in {"{", "["}:
        return FHIR
    if start[:5].lower() in {"<?xml", "<html", "<!doc"}:
        raise Unreadable("This is XML or a web page. Export the list as CSV, vCard or FHIR's JSON, and load that.")
    if "\nBEGIN:VCARD" in start.upper().replace("\r", "\n"):
        return VCARD
    return CSV


def open_table(content: bytes, settings: Settings) -> Table:
    """Return a CSV file's table; raises Unreadable."""
    text, _ = decode(content)
    chosen = settings.delimiter if settings.delimiter in DELIMITERS else ""
    return read_table(text, delimiter=chosen, has_header=settings.has_header)


def settled_columns(table: Table, settings: Settings) -> Columns:
    """Return what the table's columns mean: as somebody said, else as their names tell."""
    columns = settings.columns
    if columns is None or len(columns.fields) != len(table.header):
        columns = guess_columns(table.header, samples_of(table))
    if settings.as_clients is not None:
        columns = replace(columns, as_clients=settings.as_clients)
    return columns


def head_of(content: bytes) -> bytes:
    """Return a file's first whole lines: enough to see its columns."""
    if len(content) < HEAD:
        return content
    head = content[:HEAD].rpartition(b"\n")[0] or content[:HEAD]
    # in UTF-16 a line may end between the two bytes of a letter
    return head[: len(head) // 2 * 2] if b"\x00" in head[:100] else head


def settled(table: Table, settings: Settings) -> Settings:
    """Return the settings with nothing left to guess: what the columns mean, and how the dates are written."""
    columns = settled_columns(table, settings)
    if columns.order is None:
        columns = replace(columns, order=dates_order(table, columns)[0])
    as_clients = columns.as_clients if settings.as_clients is None else settings.as_clients
    return Settings(as_clients, table.delimiter, table.has_header, columns)


def samples_of(table: Table) -> list[tuple[str, ...]]:
    """Return the first rows that could be read."""
    samples = []
    for row in table.rows():
        if not row.broken:
            samples.append(row.cells)
        if len(samples) >= SAMPLES:
            break
    return samples


def read_file(content: bytes, kind: str, settings: Settings, *, today: date) -> Reading:
    """Return the reading of a file; raises Unreadable."""
    if kind == CSV:
        reading = _read_csv(content, settings, today)
    elif kind == VCARD:
        reading = read_vcard(content, today=today)
    else:
        reading = read_fhir(content, today=today)
    return reading if settings.as_clients is None else replace(reading, as_clients=settings.as_clients)


def _read_csv(content: bytes, settings: Settings, today: date) -> Reading:
    table = open_table(content, settings)
    columns = settled_columns(table, settings)
    if not any(name.endswith(("name", ".organization")) for name in columns.fields):
        raise Unreadable("No column holds a name. Say on the page which column is the name.")
    notes: tuple[str, ...] = ()
    if columns.order is None:
        order, example = dates_order(table, columns)
        columns = replace(columns, order=order or Order.MONTH_FIRST)
        if order is None:
            notes = (f"Dates such as {example} could be read both ways; they were read with the month first.",)
    return replace(read_spreadsheet(table, columns, today=today), notes=notes)


def as_text(original: Any) -> str:
    """Return a record's original as it is kept: JSON in plain letters, whatever stood in the file."""
    return json.dumps(original, ensure_ascii=True)

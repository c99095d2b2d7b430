"""The bad rows of a file as a file to mend and load again: a CSV as a CSV, cards as cards, FHIR as a bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.exchange.models import FileKind
from kinbook.exchange.reading.mending import written_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.exchange.models import Import, ImportRow

FORMS = {
    FileKind.CSV.value: ("csv", "text/csv; charset=utf-8"),
    FileKind.VCARD.value: ("vcf", "text/vcard; charset=utf-8"),
    FileKind.FHIR.value: ("json", "application/json"),
}


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file to download: its name, what it is, and its bytes."""

    name: str
    content_type: str
    content: bytes


def bad_file(found: Import, rows: Sequence[ImportRow]) -> BadFile:
    """Return a file's bad rows in the file's own form."""
    ending, content_type = FORMS[found.kind]
    stem = found.file_name.rpartition(".")[0] or found.file_name
    # what a header of HTTP may hold, whatever the file was called
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_ ") else "_" for sign in stem).strip()
    originals = [json.loads(row.original) for row in rows]
    content = WRITTEN[found.kind](found, rows, originals)
    return BadFile(f"{plain[:80] or 'file'} to mend.{ending}", content_type, content)


def wrong_with(row: ImportRow) -> str:
    """Return what is wrong with a row, in one line."""
    told = [f"{field}: {reason}" if field else reason for field, reason in row.notes]
    return " ".join(told) or row.told


def _csv(found: Import, rows: Sequence[ImportRow], originals: list[Any]) -> bytes:
    bad = ((row.line, wrong_with(row), lines) for row, lines in zip(rows, originals, strict=True))
    return written_rows(found.header, found.settings.get("delimiter", ","), bad)


def _cards(found: Import, rows: Sequence[ImportRow], originals: list[str]) -> bytes:  # noqa: ARG001 - as the others
    cards = (f"BEGIN:VCARD\r\n{_lines(text)}\r\nEND:VCARD\r\n" for text in originals)
    return "".join(cards).encode()


def _lines(text: str) -> str:
    return "\r\n".join(line for line in text.split("\n") if line.strip())


def _bundle(found: Import, rows: Sequence[ImportRow], originals: list[Any]) -> bytes:  # noqa: ARG001 - as the others
    entries = [{"resource": each} for each in originals if isinstance(each, dict)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return json.dumps(bundle, ensure_ascii=False, indent=2).encode()


WRITTEN = {FileKind.CSV.value: _csv, FileKind.VCARD.value: _cards, FileKind.FHIR.value: _bundle}

"""Bytes into text: byte order marks, UTF-16 without one, Windows' encoding; what is no text is refused."""

from __future__ import annotations

import codecs
import re

from kinbook.exchange.reading.record import Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY = (
    (b"PK\x03\x04", "This is a ZIP archive or an Excel workbook. Save the list as CSV, and load that."),
    (b"\xd0\xcf\x11\xe0", "This is an older Excel workbook. Save the list as CSV, and load that."),
    (b"%PDF", "This is a PDF. Export the list as CSV, vCard or FHIR, and load that."),
    (b"\x1f\x8b", "This file is compressed. Unpack it, and load what is inside."),
    (b"\x89PNG", "This is a picture. Export the list as CSV, vCard or FHIR, and load that."),
    (b"\xff\xd8\xff", "This is a picture. Export the list as CSV, vCard or FHIR, and load that."),
    (b"SQLite format 3", "This is a database. Export the list as CSV, vCard or FHIR, and load that."),
)
LOOKED_AT = 4096
NUL = "\x00"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the encoding it was in; raises Unreadable for an empty file and for what is no text."""
    for mark, sentence in BINARY:
        if content.startswith(mark):
            raise Unreadable(sentence)
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("The file is empty.")
    text, encoding = _decode(content)
    text = text.removeprefix("\ufeff")
    start = text[:LOOKED_AT]
    if start.count(NUL) > len(start) // 50 or len(CONTROL.findall(start)) > len(start) // 20:
        raise Unreadable("This is not a text file. Export the list as CSV, vCard or FHIR, and load that.")
    # PostgreSQL knows no NUL, and no name has one
    return text.replace(NUL, ""), encoding


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS[1:]:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                raise Unreadable("The file breaks off, or is damaged. Export it once more.") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    wide = _wide(content[:LOOKED_AT])
    if wide:
        return content.decode(wide, errors="replace"), wide
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        # files pasted together from two programs have lines of either kind
        return "".join(map(_line, content.splitlines(keepends=True))), "windows-1252"


def _line(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _wide(start: bytes) -> str:
    """Return UTF-16's name where every other byte is nothing, as in Western text."""
    half = len(start) // 2
    if half < 2:
        return ""
    if start[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > half * 0.7 else ""

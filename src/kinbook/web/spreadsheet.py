"""Cells of files that spreadsheets open: text stays text."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute; such text gets an apostrophe before it."""

MARK = b"\xef\xbb\xbf"
"""Tells spreadsheets that a file is UTF-8."""


def text_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text

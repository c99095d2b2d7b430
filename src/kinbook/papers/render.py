"""Setting papers: words and amounts in, tagged PDF out, the letters embedded."""

from __future__ import annotations

import json
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings

from kinbook.papers.models import INK
from kinbook.papers.queries import footer_of, letterhead_in_force, logo_of

if TYPE_CHECKING:
    from kinbook.tenancy.models import Practice

ROOT = Path(__file__).parents[1]
TEMPLATES = Path(__file__).parent / "templates" / "papers"
SAMPLE = TEMPLATES / "sample.typ"
EMPTY_PAGE = TEMPLATES / "empty.typ"
UNKNOWN_LETTER = "could not be displayed"
_kept = local()


def _compiler(*, system_fonts: bool = False) -> typst.Compiler:
    """Return this thread's compiler: fonts are read once."""
    name = "with_system" if system_fonts else "own"
    if not hasattr(_kept, name):
        made = typst.Compiler(root=str(ROOT), font_paths=[str(settings.FONTS)], ignore_system_fonts=not system_fonts)
        setattr(_kept, name, made)
    compiler: typst.Compiler = getattr(_kept, name)
    return compiler


def typeset(template: Path, words: dict[str, Any]) -> bytes:
    """Return words and amounts set on paper by a template (a `.typ` file of the product)."""
    paper: dict[str, Any] = {
        "input": str(template),
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(words)},
    }
    try:
        made = _compiler().compile(**paper, pdf_standards=["ua-1"])
    except typst.TypstError as refused:
        if UNKNOWN_LETTER not in str(refused):
            raise
        # tagged all the same, with this machine's fonts, but without the claim that every letter could be shown
        made = _compiler(system_fonts=True).compile(**paper)
    if not isinstance(made, bytes):
        raise TypeError("a paper is one file")
    return made


def paper_size(currency: str) -> str:
    """Return the paper people have where a currency is used."""
    return "us-letter" if currency in {"USD", "CAD"} else "a4"


def letterhead_of(practice: Practice, language: str) -> dict[str, Any]:
    """Return what the template needs of the letterhead in force: one query, and the logo once a process."""
    found = letterhead_in_force()
    return {
        "practice": sender_of(practice),
        "colour": found.colour if found else INK,
        "logo": logo_of(str(found.pk)) if found else None,
        "footer": footer_of(practice, found, language),
    }


def sample_pdf(practice: Practice) -> bytes:
    """Return a paper with nothing on it but the letterhead."""
    title = {"title": "Letterhead", "heading": "Letterhead", "lang": practice.language}
    paper = {**title, "paper": paper_size(practice.currency), **letterhead_of(practice, practice.language)}
    return typeset(SAMPLE, paper)


def sender_of(practice: Practice) -> dict[str, Any]:
    """Return what the letterhead says of the practice."""
    reached = (practice.street, practice.city, practice.phone, practice.email)
    return {"name": practice.name, "lines": [line for line in reached if line]}


def file_name(name: str) -> str:
    """Return the name a downloaded paper is kept under."""
    return f"{''.join(letter if letter.isalnum() or letter in '-_' else '-' for letter in name)}.pdf"

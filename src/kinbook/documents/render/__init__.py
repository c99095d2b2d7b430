"""Putting a document on paper: its kept content in, a tagged PDF out; the same document always gives the same paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import translation

from kinbook.documents.models import Kind
from kinbook.documents.render.statement import statement_paper
from kinbook.papers.render import paper_size, typeset

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinbook.documents.models import Document
    from kinbook.documents.render.words import Paper

PAPER = Path(__file__).parents[1] / "templates" / "documents" / "document.typ"
COLOUR = "#1d2320"
PAPERS: dict[str, Callable[[dict[str, Any]], Paper]] = {
    Kind.STATEMENT: statement_paper,
}


def document_pdf(document: Document) -> bytes:
    """Return a document as a tagged PDF."""
    return typeset(PAPER, paper_of(document))


def paper_of(document: Document) -> dict[str, Any]:
    """Return the words and amounts that stand on the paper, in the document's language, and nothing else."""
    content = document.content
    practice = content["practice"]
    paper = said(document)
    return {
        "lang": document.language,
        "paper": paper_size(practice["currency"]),
        "title": f"{paper.heading} · {content['payer']['name']}",
        "heading": paper.heading,
        "practice": {"name": practice["name"], "lines": practice["lines"]},
        "colour": practice.get("colour", COLOUR),
        "logo": None,
        "to": {"label": paper.to_label, **content["payer"]},
        "facts": paper.facts,
        "sections": [section.printed for section in paper.sections],
        "notes": paper.notes,
        "footer": practice["footer"],
    }


def said(document: Document) -> Paper:
    """Return what a document says, in its language."""
    with translation.override(document.language):
        return PAPERS[document.kind](document.content)

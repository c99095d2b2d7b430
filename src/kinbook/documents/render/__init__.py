"""Putting a document on paper: its kept content in, a tagged PDF out; the same document always gives the same paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.utils import translation

from kinbook.documents.models import Kind
from kinbook.documents.render.estimate import estimate_paper
from kinbook.documents.render.payments import receipt_paper, tax_year_paper
from kinbook.documents.render.proof import proof_paper
from kinbook.documents.render.statement import statement_paper
from kinbook.documents.render.superbill import superbill_paper, without_codes
from kinbook.papers.queries import logo_of
from kinbook.papers.render import file_name, paper_size, typeset

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kinbook.documents.render.words import Paper

    class Document(Protocol):
        """A kept document, as the practice or its payer reads it."""

        @property
        def kind(self) -> str: ...  # noqa: D102
        @property
        def name(self) -> str: ...  # noqa: D102
        @property
        def from_on(self) -> date: ...  # noqa: D102
        @property
        def to_on(self) -> date: ...  # noqa: D102
        @property
        def language(self) -> str: ...  # noqa: D102
        @property
        def content(self) -> dict[str, Any]: ...  # noqa: D102


PAPER = Path(__file__).parents[1] / "templates" / "documents" / "document.typ"
WITH_CODES = frozenset({Kind.SUPERBILL, Kind.ESTIMATE})
"""What prints diagnosis codes."""

PAPERS: dict[str, Callable[[dict[str, Any]], Paper]] = {
    Kind.STATEMENT: statement_paper,
    Kind.SUPERBILL: superbill_paper,
    Kind.RECEIPT: receipt_paper,
    Kind.TAX_YEAR: tax_year_paper,
    Kind.ESTIMATE: estimate_paper,
    Kind.PROOF: proof_paper,
}


def document_pdf(document: Document, *, codes: bool = True) -> bytes:
    """Return a document as a tagged PDF; without diagnosis codes for a member who may not see them."""
    return typeset(PAPER, paper_of(document, codes=codes))


def paper_of(document: Document, *, codes: bool = True) -> dict[str, Any]:
    """Return the words and amounts that stand on the paper, in the document's language, and nothing else."""
    content = document.content
    practice = content["practice"]
    paper = said(document, codes=codes)
    return {
        "lang": document.language,
        "paper": paper_size(practice["currency"]),
        "title": f"{paper.heading} · {content['payer']['name']}",
        "heading": paper.heading,
        "practice": {"name": practice["name"], "lines": practice["lines"]},
        "colour": practice["colour"],
        "logo": logo_of(practice["letterhead"]),
        "to": {"label": paper.to_label, **content["payer"]},
        "facts": paper.facts,
        "sections": [section.printed for section in paper.sections],
        "notes": paper.notes,
        "footer": practice["footer_es" if document.language == "es" else "footer"],
    }


def said(document: Document, *, codes: bool = True) -> Paper:
    """Return what a document says, in its language."""
    with translation.override(document.language):
        return PAPERS[document.kind](shown_content(document, codes=codes))


def paper_name(document: Document) -> str:
    """Return the name a downloaded document is kept under: what it is and its dates, nobody's name."""
    dates = dict.fromkeys(str(day) for day in (document.from_on, document.to_on))
    return file_name("-".join([document.name, *dates]))


def shown_content(document: Document, *, codes: bool) -> dict[str, Any]:
    """Return what a document holds, without diagnosis codes where they are not to be seen."""
    content: dict[str, Any] = document.content
    return content if codes or document.kind not in WITH_CODES else without_codes(content)

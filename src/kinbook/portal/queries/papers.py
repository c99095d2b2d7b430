"""Documents that were given to the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.documents.render import said
from kinbook.portal.models import Paper
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from uuid import UUID

MOST = 60


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A document in the list, by what it calls itself."""

    paper: Paper
    heading: str


def papers(client_id: UUID | None = None) -> list[PaperRow]:
    """Return the documents, the newest first; with a child chosen those that name the child alone, or with others."""
    rows = list(Paper.objects.order_by("-pk")[:MOST])
    return [PaperRow(each, said(each).heading) for each in rows if client_id is None or _is_about(each, client_id)]


def _is_about(paper: Paper, client_id: UUID) -> bool:
    return str(client_id) in paper.content.get("client_ids", [str(client_id)])


def paper_of_person(paper_id: UUID) -> Paper:
    """Return one document of the person's own."""
    found = Paper.objects.filter(pk=paper_id).first()
    if found is None:
        raise Unknown
    return found

"""Keeping documents as they are made: one or hundreds in the same few statements. Part of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.documents.models import TEMPLATE, Document, DocumentClient
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.tenancy.viewer import Viewer

COLUMNS = (
    *("id", "practice_id", "kind", "payer_id", "client_id", "from_on", "to_on", "language", "content", "template"),
    *("made_at", "made_by", "run_id"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be kept: for whom, about whom, what it says."""

    payer: Addressee
    clients: frozenset[UUID]
    content: dict[str, Any]
    client_id: UUID | None = None


def keep_documents(
    viewer: Viewer, kind: str, drafts: Sequence[Draft], *, since: date, through: date, run_id: UUID | None = None
) -> list[Document]:
    """Keep documents about local dates, both included; returns them in the order of the drafts."""
    made = [
        Document(
            id=new_id(),
            practice_id=viewer.practice_id,
            kind=kind,
            payer_id=draft.payer.party.pk,
            client_id=draft.client_id,
            from_on=since,
            to_on=through,
            language=draft.payer.language,
            content={
                **draft.content,
                "made_on": str(viewer.today),
                "client_ids": sorted(map(str, draft.clients)),
            },
            template=TEMPLATE,
            made_at=viewer.now,
            made_by=viewer.name,
            run_id=run_id,
        )
        for draft in drafts
    ]
    insert_rows(Document, COLUMNS, [[getattr(each, name) for name in COLUMNS] for each in made])
    insert_rows(DocumentClient, ("id", "practice_id", "document_id", "client_id"), list(_about(viewer, made, drafts)))
    return made


def _about(
    viewer: Viewer, made: Sequence[Document], drafts: Sequence[Draft]
) -> Iterable[tuple[UUID, UUID, UUID, UUID]]:
    for document, draft in zip(made, drafts, strict=True):
        for client_id in sorted(draft.clients):
            yield new_id(), viewer.practice_id, document.pk, client_id

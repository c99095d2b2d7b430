"""The documents there are, page by page, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import may, reaches_practice, require
from kinbook.documents.models import Document, DocumentClient, Kind, StatementRun
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the list."""

    document: Document
    payer: Party
    clients: list[Client]


def document_list(
    viewer: Viewer, *, kind: str, after: UUID | None, payers: Sequence[UUID] = ()
) -> tuple[list[DocumentRow], str]:
    """Return one page of documents, the newest first, and where the next begins: two queries.

    Ids are of version 7, so their order is the order of making.
    """
    rows = Document.objects.visible_to(viewer).select_related("payer__merged_into")
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if payers:
        rows = rows.filter(payer_id__in=payers)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.defer("content").order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return document_rows(shown), str(shown[-1].pk) if len(found) > PAGE else ""


def document_rows(documents: Sequence[Document]) -> list[DocumentRow]:
    """Return documents with the clients they are about: one query."""
    about: dict[UUID, list[Client]] = {each.pk: [] for each in documents}
    for row in DocumentClient.objects.filter(document_id__in=about).select_related("client__party"):
        about[row.document_id].append(row.client)
    return [
        DocumentRow(each, each.payer.merged_into or each.payer, sorted(about[each.pk], key=_by_name))
        for each in documents
    ]


def _by_name(client: Client) -> str:
    return client.sort_name


def sees_codes(viewer: Viewer, row: DocumentRow) -> bool:
    """Tell whether the viewer may see the diagnosis codes of a document, of all the clients it is about."""
    if row.document.kind not in {Kind.SUPERBILL, Kind.ESTIMATE}:
        return True
    return all(may(viewer, Action.DIAGNOSIS_SEE, client.pk) for client in row.clients)


def document_for(viewer: Viewer, document_id: UUID) -> Document:
    """Return a document the viewer may see; unknown and hidden look alike."""
    found = Document.objects.visible_to(viewer).select_related("payer__merged_into").filter(pk=document_id).first()
    if found is None:
        raise Unknown
    return found


def statement_run_for(viewer: Viewer, run_id: UUID) -> StatementRun:
    """Return a run: one's own, or anybody's for who sees every client's amounts; unknown and hidden look alike."""
    require(viewer, Action.AMOUNTS_SEE)
    runs = StatementRun.objects.filter(pk=run_id)
    if not reaches_practice(viewer, Action.AMOUNTS_SEE):
        runs = runs.filter(member_id=viewer.id)
    found = runs.first()
    if found is None:
        raise Unknown
    return found


def documents_of_run(viewer: Viewer, run: StatementRun) -> list[DocumentRow]:
    """Return the first documents that a run made."""
    rows = Document.objects.visible_to(viewer).filter(run_id=run.pk).select_related("payer__merged_into")
    return document_rows(list(rows.defer("content").order_by("pk")[: 2 * PAGE]))

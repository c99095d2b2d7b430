"""A client's transcript, a page at a time, and its exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.access.actions import Action
from kinbook.audit.record import record
from kinbook.messaging.commands.exporting import export_json, export_pdf
from kinbook.messaging.commands.reading import note_seen
from kinbook.messaging.models import Kind
from kinbook.messaging.models.talk import BY_KIND
from kinbook.messaging.queries.readers import readers_of
from kinbook.messaging.queries.transcript import TranscriptFilters, people_in, transcript_page
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.refused import Unknown
from kinbook.web.download import download
from kinbook.web.page import page, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def transcript(request: Request, client_id: UUID) -> HttpResponse:
    """Every conversation of and about the client in one order."""
    viewer, asked = request.viewer, request.GET
    head = client_head(viewer, client_id)
    if not head.may_see_messages:
        raise Unknown
    filters = TranscriptFilters.read(asked)
    on = TranscriptFilters.read({"from": asked.get("day", "")}).since
    shown = transcript_page(
        viewer, client_id, filters, before=asked.get("before", "")[:80], after=asked.get("after", "")[:80], on=on
    )
    note_seen(viewer, [each.said.id for each in shown.lines])
    record(viewer, "transcript.viewed", client_id=client_id, count=len(shown.lines), by=filters.told)
    context: dict[str, Any] = {"shown": shown, "filters": filters, "client_id": client_id}
    if request.htmx and request.htmx.target in {"earlier", "later"}:
        return part(request, "messaging/_lines.html", **context, way=request.htmx.target)
    kinds = [BY_KIND[role] for role in sorted(viewer.roles) if role in BY_KIND]
    only = kinds[0] if kinds and not viewer.roles - set(BY_KIND) else ""
    return page(
        request,
        "messaging/transcript.html",
        **context,
        head=head,
        tab="messages",
        day=asked.get("day", ""),
        people=people_in(viewer, client_id),
        kinds=Kind.choices,
        readers=readers_of(viewer, client_id, only),
        only=Kind(only).label if only else "",
        may_write=head.rights.may(Action.MESSAGES_SEND),
    )


def pdf(request: Request, client_id: UUID) -> HttpResponse:
    """The transcript as a tagged PDF."""
    made = export_pdf(request.viewer, client_id=client_id, filters=TranscriptFilters.read(request.GET))
    return download(made.content, name=made.name, content_type="application/pdf")


def file(request: Request, client_id: UUID) -> HttpResponse:
    """The transcript as JSON, to be verified."""
    made = export_json(request.viewer, client_id=client_id, filters=TranscriptFilters.read(request.GET))
    return download(made.content, name=made.name, content_type="application/json")

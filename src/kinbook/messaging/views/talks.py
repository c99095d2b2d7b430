"""Messages: the list of conversations, and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.queries.people import has_come_in
from kinbook.messaging.commands.reading import move_place, note_seen
from kinbook.messaging.models import Absence, Kind, Template
from kinbook.messaging.queries.readers import readers_of
from kinbook.messaging.queries.talks import Filters, talk_list
from kinbook.messaging.queries.thread import attachment_for, talk_page
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Unknown
from kinbook.web.download import download
from kinbook.web.page import page, part

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.messaging.queries.thread import TalkPage
    from kinbook.web.request import Request


def messages(request: Request) -> HttpResponse:
    """The conversations, the latest first."""
    require(request.viewer, Action.MESSAGES_SEE)
    filters = filters_of(request)
    if request.htmx and request.htmx.target in {"talks", "more"}:
        found = talk_list(request.viewer, filters, request.GET.get("after", "")[:80])
        record(request.viewer, "conversations.listed", client_id=filters.client_id, count=len(found.rows))
        return part(request, "messaging/_rows.html", found=found, filters=filters)
    beside = _beside(request, filters)
    record(request.viewer, "conversations.listed", client_id=filters.client_id, count=len(beside["found"].rows))
    return page(
        request,
        "messaging/messages.html",
        **beside,
        away=Absence.objects.filter(member_id=request.viewer.id, until__gt=request.viewer.today).first(),
        is_off=not Practice.objects.get(pk=request.viewer.practice_id).messages_on,
    )


def filters_of(request: Request) -> Filters:
    """Return what the list is narrowed to; what makes no sense does not narrow."""
    asked = request.GET
    kind = asked.get("kind", "")
    return Filters(
        client_id=_id(asked.get("client", "")),
        kind=kind if kind in Kind.values else "",
        is_unread=asked.get("show") == "unread",
        is_mine=asked.get("show") == "mine",
        search=asked.get("search", "").replace("\x00", "").strip()[:200],
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _beside(request: Request, filters: Filters) -> dict[str, Any]:
    """Return the list as it stands beside a conversation."""
    return {
        "found": talk_list(request.viewer, filters, request.GET.get("after", "")[:80]),
        "filters": filters,
        "kinds": Kind.choices,
        "show": request.GET.get("show", ""),
    }


def talk(request: Request, conversation_id: UUID) -> HttpResponse:
    """One conversation; what is on the page counts as shown to the viewer."""
    shown = show(request, conversation_id)
    context = thread(request, shown)
    if request.htmx and request.htmx.target == "thread":
        return part(request, "messaging/_thread.html", **context)
    return page(request, "messaging/messages.html", **context, **_beside(request, filters_of(request)))


def show(request: Request, conversation_id: UUID, before: int | None = None) -> TalkPage:
    """Return a page of a conversation, and note that it was shown."""
    shown = talk_page(request.viewer, conversation_id, before)
    note_seen(request.viewer, [each.id for each in shown.messages])
    if shown.messages and shown.messages[-1].number > shown.unread_from:
        move_place(request.viewer, shown.talk.pk, shown.messages[-1].number)
    record(request.viewer, "conversation.viewed", shown.talk, client_id=shown.talk.client_id)
    return shown


def thread(request: Request, shown: TalkPage, **more: Any) -> dict[str, Any]:
    """Return what a conversation's page shows."""
    talk = shown.talk
    client = talk.client
    readers = readers_of(request.viewer, client.pk, talk.kind, confidential=talk.confidential)
    inside = {each.id for each in shown.people}
    return {
        "shown": shown,
        "talk": talk,
        "client": client,
        "readers": [each for each in readers if each.member_id not in inside],
        "body": shown.draft.body if shown.draft else "",
        "is_unsure": talk.confidential and not has_come_in(client.party_id),
        "problem": "",
        **more,
    }


def earlier(request: Request, conversation_id: UUID) -> HttpResponse:
    """The messages before those that are shown."""
    before = request.GET.get("before", "")
    shown = show(request, conversation_id, int(before) if before.isdecimal() and len(before) < 10 else None)
    return part(request, "messaging/_messages.html", shown=shown, talk=shown.talk)


def templates(request: Request) -> HttpResponse:
    """Words that are used again, to be put into what is being written."""
    require(request.viewer, Action.MESSAGES_SEND)
    return part(request, "messaging/templates.html", rows=list(Template.objects.order_by("name")))


def file(request: Request, attachment_id: UUID, file_secret: str) -> HttpResponse:
    """A file that came with a message, to be kept."""
    found = attachment_for(request.viewer, attachment_id, file_secret)
    if found is None:
        raise Unknown
    record(request.viewer, "attachment.downloaded", found, client_id=found.message.client_id)
    return download(bytes(found.content), name=found.name, content_type=found.type)

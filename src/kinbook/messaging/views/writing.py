"""Writing in a conversation: sending, drafts, files, sending later, taking back. What is refused stays as typed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.messaging.commands.drafts import bring_file, drop_file, save_draft, schedule_message, unschedule_message
from kinbook.messaging.commands.files import LARGEST, Brought, too_large
from kinbook.messaging.commands.send import retract_message, send_message
from kinbook.messaging.forms import LaterForm, MessageForm, RetractForm
from kinbook.messaging.models import Draft, DraftFile, Message
from kinbook.messaging.models.talk import is_me
from kinbook.messaging.queries.talks import talk_for
from kinbook.messaging.views.talks import show, thread
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.web.request import Request


@require_POST
def send(request: Request, conversation_id: UUID) -> HttpResponse:
    """Send what was written, with the files of the draft; sent again under the same id, it is one message."""
    form = MessageForm(request.POST)
    body = request.POST.get("body", "")
    if not form.is_valid():
        return _again(request, conversation_id, body, "This page is out of date: load it again. Your words stay here.")
    try:
        send_message(
            request.viewer,
            conversation_id=conversation_id,
            body=body,
            message_id=form.cleaned_data["message_id"],
            with_draft=True,
        )
    except (Invalid, Conflict) as refused:
        return _refused(request, conversation_id, body, refused)
    return _thread(request, conversation_id)


def _thread(request: Request, conversation_id: UUID, **more: str) -> HttpResponse:
    """Answer with the conversation as it is now."""
    context = thread(request, show(request, conversation_id), **more)
    return part(request, "messaging/_thread.html", **context, status=422 if more.get("problem") else 200)


def _again(request: Request, conversation_id: UUID, body: str, problem: str) -> HttpResponse:
    return _thread(request, conversation_id, body=body, problem=problem)


def _refused(request: Request, conversation_id: UUID, body: str, refused: Invalid | Conflict) -> HttpResponse:
    """Answer with the reason; what was typed is kept, also where nothing can be written any more."""
    if isinstance(refused, Conflict):
        with suppress(Invalid):
            save_draft(request.viewer, conversation_id=conversation_id, body=body)
    return _again(request, conversation_id, body, refused.sentence)


@require_POST
def draft(request: Request, conversation_id: UUID) -> HttpResponse:
    """Keep what is being written."""
    try:
        save_draft(request.viewer, conversation_id=conversation_id, body=request.POST.get("body", ""))
    except Invalid as refused:
        return HttpResponse(refused.sentence, status=422)
    return HttpResponse(status=204)


@require_POST
def bring(request: Request, conversation_id: UUID) -> HttpResponse:
    """Take a file for what is being written; what it is, is seen in it."""
    problem = "" if request.FILES.getlist("file") else "Choose a file."
    for file in request.FILES.getlist("file"):
        name = file.name or "file"
        if file.size is None or file.size > LARGEST:
            problem = too_large(name)
            continue
        try:
            bring_file(request.viewer, conversation_id=conversation_id, brought=Brought(name, file.read()))
        except Invalid as refused:
            problem = refused.sentence
    return _files(request, conversation_id, problem)


@require_POST
def drop(request: Request, conversation_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file away again."""
    drop_file(request.viewer, conversation_id=conversation_id, file_id=file_id)
    return _files(request, conversation_id)


def _files(request: Request, conversation_id: UUID, problem: str = "") -> HttpResponse:
    talk = talk_for(request.viewer, conversation_id)
    held = Draft.objects.filter(is_me(request.viewer), conversation=talk, send_at=None)
    files = list(DraftFile.objects.filter(draft__in=held).defer("content").order_by("position"))
    return part(
        request, "messaging/_files.html", talk=talk, files=files, problem=problem, status=422 if problem else 200
    )


@require_POST
def schedule(request: Request, conversation_id: UUID) -> HttpResponse:
    """Have what was written sent at a time."""
    form, body = LaterForm(request.POST), request.POST.get("body", "")
    if not form.is_valid():
        return _again(request, conversation_id, body, "Choose when it is to be sent.")
    try:
        schedule_message(
            request.viewer, conversation_id=conversation_id, body=body, send_at=form.moment(request.viewer.zone)
        )
    except (Invalid, Conflict) as refused:
        return _refused(request, conversation_id, body, refused)
    return _thread(request, conversation_id)


@require_POST
def unschedule(request: Request, draft_id: UUID) -> HttpResponse:
    """Take back what was to be sent later: it can be written on."""
    kept = unschedule_message(request.viewer, draft_id=draft_id)
    return done(
        request, reverse("messaging:talk", args=[kept.conversation_id]), "It will not be sent: it is a draft again."
    )


def retract(request: Request, message_id: UUID) -> HttpResponse:
    """Take a message back: it stays in the record, marked."""
    said = Message.objects.visible_to(request.viewer).filter(pk=message_id).first()
    if said is None:
        raise Unknown
    if said.author_member_id != request.viewer.id:
        raise Forbidden("Only who sent a message can take it back. Nothing was changed.")
    form = RetractForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            retract_message(request.viewer, message_id=said.pk, reason=form.cleaned_data["reason"])
            url = reverse("messaging:talk", args=[said.conversation_id])
            return done(request, url, "Retracted: who has not read it yet never will.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "messaging/retract.html", form=form, said=said, status=422 if form.errors else 200)

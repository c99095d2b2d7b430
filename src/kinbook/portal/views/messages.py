"""Messages: the list, one conversation, writing with files, beginning one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kinbook.audit.record import record
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.reading import mark_read, note_seen
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.commands.start import start_from_portal
from kinbook.messaging.queries.thread import attachment_for, talk_page
from kinbook.portal.forms import BeginForm, WriteForm
from kinbook.portal.queries.talks import my_talks
from kinbook.portal.views.frame import PortalRequest, frame_of, page
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.portal.models import Child
    from kinbook.portal.views.frame import Frame


def talks(request: PortalRequest) -> HttpResponse:
    """The conversations, the latest first."""
    frame, _open = _opened(request)
    found, more = my_talks(request.viewer, frame.children, frame.client_id, request.GET.get("after", ""))
    record(request.viewer, "conversations.listed", count=len(found))
    return page(request, "portal/talks.html", frame, talks=found, more=more)


def _opened(request: PortalRequest) -> tuple[Frame, list[Child]]:
    """Return the frame, and for whom messages are open; nothing is there where they are open for nobody."""
    frame = frame_of(request)
    opened = [each for each in frame.children if each.messages]
    if request.viewed_by or not opened:
        raise Unknown
    return frame, opened


def talk(request: PortalRequest, talk_id: UUID) -> HttpResponse:
    """One conversation: read to its end, and answered."""
    _opened(request)
    form = WriteForm(request.POST or None, request.FILES or None, initial={"message_id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, talk_id, form)
            return HttpResponseRedirect(f"{reverse('portal:talk', args=[talk_id])}#end")
        except (Invalid, Conflict) as refused:
            _show(form, refused)
    found = talk_page(request.viewer, talk_id, _number(request.GET.get("before", "")))
    note_seen(request.viewer, [each.id for each in found.messages])
    mark_read(request.viewer, conversation_id=talk_id)
    record(request.viewer, "conversation.viewed", found.talk, client_id=found.talk.client_id)
    frame = frame_of(request)
    about = next((each for each in frame.children if each.pk == found.talk.client_id), None)
    status = 422 if form.errors else 200
    return page(request, "portal/talk.html", frame, talk=found, about=about, form=form, status=status)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _send(request: PortalRequest, talk_id: UUID, form: WriteForm) -> None:
    values = form.cleaned_data
    send_message(
        request.viewer,
        conversation_id=talk_id,
        body=values["body"],
        attachments=[Brought(each.name, each.read()) for each in values["attachments"]],
        message_id=values["message_id"],
    )


def _show(form: WriteForm, refused: Invalid | Conflict) -> None:
    """Put a refusal beside its field, in the reader's language."""
    words: dict[str, str] = {
        "body": _("Write something first: at most 10,000 characters."),
        "attachments": _("A file could not be taken: at most 10, of 20 MB each; PDF, pictures, Office, text, sound."),
    }
    problems: dict[str, Any] = refused.problems if isinstance(refused, Invalid) else {"": ""}
    for name in problems:
        sentence = words.get(name, _("This was not sent: look at the conversation again."))
        form.add_error(name if name in form.fields else None, sentence)


def begin(request: PortalRequest) -> HttpResponse:
    """Begin a conversation with the practice."""
    frame, opened = _opened(request)
    initial = {"message_id": new_id(), "conversation_id": new_id(), "client": frame.client_id}
    form = BeginForm(
        request.POST or None,
        request.FILES or None,
        children=opened,
        is_minor=request.person.is_minor,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        made = _begin(request, form)
        if made:
            return HttpResponseRedirect(reverse("portal:talk", args=[made]))
    return page(request, "portal/begin.html", frame, form=form, status=422 if form.errors else 200)


def _begin(request: PortalRequest, form: BeginForm) -> UUID | None:
    """Begin it with its first message, both or neither; None where something is wrong, told beside its field."""
    values = form.cleaned_data
    if not values["body"].strip() and not values["attachments"]:
        _show(form, Invalid(body=""))
        return None
    made: UUID = values["conversation_id"]
    try:
        with transaction.atomic():
            start_from_portal(
                request.viewer,
                client_id=values["client"],
                about=values["about"],
                kind=values["kind"],
                confidential=values.get("confidential", False),
                conversation_id=made,
            )
            _send(request, made, form)
    except (Invalid, Conflict) as refused:
        _show(form, refused)
        return None
    return made


def file(request: PortalRequest, file_id: UUID, secret: str) -> HttpResponse:
    """A file of a message, for whoever reads the conversation."""
    _opened(request)
    found = attachment_for(request.viewer, file_id, secret)
    if found is None:
        raise Unknown
    record(request.viewer, "attachment.downloaded", found, client_id=found.message.client_id)
    response = HttpResponse(bytes(found.content), content_type=found.type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    return response

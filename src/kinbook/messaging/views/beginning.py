"""Beginning a conversation: about which client, to whom, the first message; what is being written keeps itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.invitations.queries.people import has_come_in
from kinbook.messaging.commands.beginnings import discard_new_draft, forget_new_draft, save_new_draft
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.forms import NewTalkForm
from kinbook.messaging.models import Kind
from kinbook.messaging.queries.beginnings import new_draft, new_drafts
from kinbook.messaging.queries.family import reachable
from kinbook.messaging.queries.readers import readers_of
from kinbook.people.models import Client
from kinbook.people.queries import client_for, named, words_of
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part

if TYPE_CHECKING:
    from typing import Any

    from kinbook.messaging.models import NewDraft
    from kinbook.web.request import Request

MOST_CLIENTS = 12


def clients(request: Request) -> HttpResponse:
    """The clients whose names fit what is typed, to begin a conversation about one."""
    require(request.viewer, Action.MESSAGES_SEND)
    text = request.GET.get("search", "")[:100]
    words = words_of(text)
    found = Client.objects.filter(clients_in_reach(request.viewer, Action.MESSAGES_SEND, "pk"))
    rows = named(found, words).select_related("party").order_by("sort_name", "pk")[:MOST_CLIENTS] if words else []
    return part(request, "messaging/_clients.html", rows=list(rows), text=text)


def new(request: Request) -> HttpResponse:
    """Begin a conversation: about which client, to whom, and the first message."""
    viewer = request.viewer
    require(viewer, Action.MESSAGES_SEND)
    client_id = _id(request.POST.get("client_id") or request.GET.get("client") or "")
    if client_id is None:
        return part(request, "messaging/choose_client.html", drafts=new_drafts(viewer))
    client = client_for(viewer, client_id, Action.MESSAGES_SEND)
    people = reachable(viewer, client)
    team = [each for each in readers_of(viewer, client.pk) if each.member_id != viewer.id]
    draft = new_draft(viewer, client.pk)
    form = NewTalkForm(request.POST or None, people=people, team=team, initial=_initial(request, client, draft))
    if request.method == "POST" and form.is_valid():
        try:
            return _begin(request, form)
        except Invalid as refused:
            problems = {{"participants": "to"}.get(name, name): text for name, text in refused.problems.items()}
            beside_fields(form, Invalid(**problems))
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(
        request,
        "messaging/new.html",
        form=form,
        client=client,
        people=people,
        draft=draft,
        chosen=set(form["to"].value() or []),
        is_unsure=not has_come_in(client.party_id),
        status=422 if form.errors else 200,
    )


def _initial(request: Request, client: Client, draft: NewDraft | None) -> dict[str, Any]:
    """Return what the form begins with: what was being written, or nothing but whom it is to."""
    to = request.GET.getlist("to")
    if draft is None:
        made = uuid4()
        ids = {"client_id": client.pk, "conversation_id": made, "message_id": made}
        return {**ids, "to": to, "kind": _usual_kind(request)}
    return {
        "client_id": client.pk,
        "conversation_id": draft.pk,
        "message_id": draft.pk,
        "to": [*map(str, draft.parties), *to],
        "team": [str(each) for each in draft.members],
        "kind": draft.kind,
        "about": draft.subject,
        "confidential": draft.confidential,
        "body": draft.body,
    }


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _usual_kind(request: Request) -> str:
    roles = request.viewer.roles
    if roles == {"biller"}:
        return Kind.BILLING
    return Kind.SCHEDULING if roles == {"scheduler"} else Kind.CLINICAL


def _begin(request: Request, form: NewTalkForm) -> HttpResponse:
    values = form.cleaned_data
    made = start_conversation(request.viewer, draft=form.draft, conversation_id=values["conversation_id"])
    send_message(request.viewer, conversation_id=made.pk, body=values["body"], message_id=values["message_id"])
    forget_new_draft(request.viewer, made.client_id)
    return done(request, reverse("messaging:talk", args=[made.pk]), "Sent.")


@require_POST
def draft(request: Request) -> HttpResponse:
    """Keep what is being written to begin a conversation; whom it is to is looked at when it is sent."""
    require(request.viewer, Action.MESSAGES_SEND)
    asked = request.POST
    client_id, draft_id = _id(asked.get("client_id", "")), _id(asked.get("conversation_id", ""))
    if client_id is None or draft_id is None:
        raise Unknown
    wanted = TalkDraft(
        client_id=client_id,
        parties=_ids(asked.getlist("to")),
        members=_ids(asked.getlist("team")),
        about=asked.get("about", "").replace("\x00", ""),
        kind=asked.get("kind", ""),
        confidential=asked.get("confidential") == "on",
    )
    try:
        save_new_draft(request.viewer, draft=wanted, body=asked.get("body", ""), draft_id=draft_id)
    except (Invalid, Conflict) as refused:
        return HttpResponse(refused.sentence, status=422)
    return HttpResponse(status=204)


def _ids(texts: list[str]) -> tuple[UUID, ...]:
    return tuple(found for each in texts if (found := _id(each)))


@require_POST
def discard(request: Request, client_id: UUID) -> HttpResponse:
    """Throw away what was being written."""
    client_for(request.viewer, client_id, Action.MESSAGES_SEND)
    discard_new_draft(request.viewer, client_id=client_id)
    return done(request, reverse("messaging:messages"), "The draft is gone.")

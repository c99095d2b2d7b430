"""What is settled of a client's messages: whether they are on, and who may be written to together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.messaging.commands.settling import end_family_fact, settle_family, switch_client
from kinbook.messaging.forms import FactForm
from kinbook.messaging.models import Fact
from kinbook.messaging.queries.family import facts_of, reachable
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def edit(request: Request, client_id: UUID) -> HttpResponse:
    """The page; and switching messages on or off for the client."""
    if request.method == "POST":
        client_for(request.viewer, client_id)
        require(request.viewer, Action.CLIENT_EDIT, client_id)
        on = request.POST.get("on") == "on"
        switch_client(request.viewer, client_id=client_id, on=on)
        return done(request, _url(client_id), "Messages are on." if on else "Messages are off; what was written stays.")
    return _page(request, client_id, FactForm())


def _page(request: Request, client_id: UUID, form: FactForm) -> HttpResponse:
    viewer = request.viewer
    head = client_head(viewer, client_id)
    record(viewer, "client.viewed", head.client, client_id=client_id)
    return page(
        request,
        "messaging/edit.html",
        head=head,
        client=head.client,
        tab="messages",
        form=form,
        facts=facts_of(head.client, viewer.today),
        kinds=Fact.choices,
        people=reachable(viewer, head.client),
        practice=Practice.objects.get(pk=viewer.practice_id),
        editable=head.rights.may(Action.CLIENT_EDIT),
        status=422 if form.errors else 200,
    )


def _url(client_id: UUID) -> str:
    return reverse("messaging:edit", args=[client_id])


@require_POST
def settle(request: Request, client_id: UUID) -> HttpResponse:
    """Record that two people may be written to together, or are kept apart."""
    client_for(request.viewer, client_id)
    require(request.viewer, Action.CLIENT_EDIT, client_id)
    form = FactForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            settle_family(
                request.viewer,
                client_id=client_id,
                parties=(values["one"], values["other"]),
                fact=values["fact"],
                note=values["note"],
            )
            return done(request, _url(client_id), "Recorded from today.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return _page(request, client_id, form)


@require_POST
def end(request: Request, client_id: UUID, fact_id: UUID) -> HttpResponse:
    """End what was settled about two people, from today."""
    client_for(request.viewer, client_id)
    end_family_fact(request.viewer, client_id=client_id, fact_id=fact_id)
    return done(request, _url(client_id), "It holds no longer, from today.")

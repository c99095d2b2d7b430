"""The list to be completed: minors who came without a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange import queries
from kinbook.exchange.commands.completing import complete_held, drop_held, restore_held
from kinbook.exchange.models import HeldState
from kinbook.people.queries import party_for
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, page, settings_page
from kinbook.whopays.forms.contact import ContactForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.exchange.models import Held
    from kinbook.web.request import Request


@require_GET
def held(request: Request) -> HttpResponse:
    """Who waits for a contact, was completed, or was taken off the list."""
    require(request.viewer, Action.IMPORT)
    state = request.GET.get("state", "")
    state = state if state in HeldState.values else HeldState.WAITING.value
    rows, following = queries.held_rows(state, request.GET.get("after", "")[:300])
    counts = queries.held_counts()
    record(request.viewer, "held.listed", state=state, count=len(rows))
    return settings_page(
        request,
        "exchange/held.html",
        rows=rows,
        next=following,
        state=state,
        states=[(each.value, each.label, counts[each.value]) for each in HeldState],
    )


def complete(request: Request, held_id: UUID) -> HttpResponse:
    """Name a contact for a minor who waits; saved, they are a client."""
    require(request.viewer, Action.IMPORT)
    found = queries.held_for(held_id)
    if found.state != HeldState.WAITING:
        return done(request, reverse("exchange:held"), f"{found.name} does not wait any more.")
    data = request.POST if request.method == "POST" else None
    form = ContactForm(data, prefix="contact-0", initial={"legal_guardian": True})
    _recognise(request, form)
    if data is not None and form.is_valid():
        try:
            client = complete_held(request.viewer, held_id=found.pk, contact=form.draft())
            return done(request, reverse("overview:client", args=[client.pk]), f"{found.name} is a client now.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return page(request, "exchange/complete.html", status=status, held=found, form=form, told=_told(found))


def _recognise(request: Request, form: ContactForm) -> None:
    """Fetch the contact where it is somebody known already."""
    chosen = form.data.get(form.add_prefix("party")) if form.is_bound else None
    if chosen:
        try:
            form.known = party_for(request.viewer, chosen)
        except (Unknown, ValueError):
            form.known = None


def _told(found: Held) -> list[tuple[str, str]]:
    """Return what the file told of a minor, in words."""
    person = found.told.get("person", {})
    reach = [each["address"] for each in person.get("emails", [])] + [
        each["number"] for each in person.get("phones", [])
    ]
    place = [person.get(name, "") for name in ("street", "city", "region", "postal_code")]
    lines = [("Reached at", ", ".join(reach)), ("Lives at", ", ".join(part for part in place if part))]
    return [(label, words) for label, words in lines if words]


@require_POST
def drop(request: Request, held_id: UUID) -> HttpResponse:
    """Take somebody off the list."""
    found = drop_held(request.viewer, held_id=held_id)
    return done(request, reverse("exchange:held"), f"{found.name} is off the list. It can be undone under Taken off.")


@require_POST
def restore(request: Request, held_id: UUID) -> HttpResponse:
    """Put somebody back on the list."""
    found = restore_held(request.viewer, held_id=held_id)
    return done(request, reverse("exchange:held"), f"{found.name} waits again.")

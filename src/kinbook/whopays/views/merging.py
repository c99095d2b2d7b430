"""Two entries of one person become one, and two again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, may, require
from kinbook.ledger.balances import payer_standing
from kinbook.people.queries import party_for, same_person
from kinbook.people.queries.shown import party_page
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import done, part
from kinbook.whopays.commands.merge import merge_people, separate_people

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.people.models import Party
    from kinbook.web.request import Request


def merge(request: Request, party_id: UUID) -> HttpResponse:
    """Choose the other entry, see both with their clients and balances, then merge."""
    found = party_for(request.viewer, party_id)
    require(request.viewer, Action.PEOPLE_MERGE)
    other = _other(request)
    problem = ""
    if request.method == "POST" and other:
        try:
            merge_people(request.viewer, party=found, into=other)
            sentence = f"Merged. {other.name} stands for both; undo it there until something new is booked."
            return done(request, reverse("people:party", args=[other.pk]), sentence)
        except (Conflict, Invalid) as refused:
            problem = refused.sentence
    both = [_shown(request, each) for each in (found, other)] if other else []
    return part(
        request,
        "whopays/merge.html",
        party=found,
        other=other,
        both=both,
        problem=problem,
        status=422 if problem else 200,
    )


def _other(request: Request) -> Party | None:
    chosen = request.POST.get("contact-merge-party") or request.POST.get("into") or request.GET.get("into", "")
    try:
        return party_for(request.viewer, UUID(chosen)) if chosen else None
    except ValueError:
        return None


def _shown(request: Request, party: Party) -> tuple[object, int | None]:
    """Return a person with their balance over the clients whose amounts the viewer may see; None without that right."""
    shown = party_page(request.viewer, party)
    if not may(request.viewer, Action.AMOUNTS_SEE):
        return shown, None
    seen = clients_in_reach(request.viewer, Action.AMOUNTS_SEE)
    return shown, payer_standing(same_person(party.pk), seen).balance_cents


@require_POST
def separate(request: Request, party_id: UUID) -> HttpResponse:
    """Undo a merge."""
    found = party_for(request.viewer, party_id)
    separate_people(request.viewer, party=found)
    return done(request, reverse("people:party", args=[found.pk]), "They are two people again.")

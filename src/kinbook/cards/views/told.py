"""Where the card processor tells what happened: signed by it, whoever sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kinbook.cards.commands.hear import note_told
from kinbook.cards.processor import read_event
from kinbook.cards.queries.keys import account
from kinbook.cards.views.keys import clock
from kinbook.team.queries import acting_for, practice_ids
from kinbook.tenancy.refused import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

LONGEST = 512 * 1024


@csrf_exempt
@require_POST
def stripe(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """Take an event, if the processor signed it with this practice's secret; what is not signed is told nothing."""
    body = request.body if int(request.META.get("CONTENT_LENGTH") or 0) <= LONGEST else b""
    if practice_id not in practice_ids() or not body:
        return HttpResponse(status=400)
    with acting_for(practice_id, None, now=clock()) as viewer:
        try:
            event = read_event(account(), body, request.headers.get("Stripe-Signature", ""))
        except Refused:
            event = None
        if event is None:
            return HttpResponse(status=400)
        note_told(viewer, event=event)
    return HttpResponse(status=204)

"""How a deed of the calendar is answered: in place where the calendar is open, else by going back to the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from kinbook.web.errors import status_of
from kinbook.web.page import done, part

if TYPE_CHECKING:
    from kinbook.tenancy.refused import Refused
    from kinbook.web.request import Request

CHANGED = "kinbook:calendar"
"""The event on which the calendar reads its contents again; its `say` is told in a toast."""


def changed(request: Request, sentence: str) -> HttpResponse:
    """Answer a deed that ends a dialog."""
    here = getattr(request.htmx, "current_url_abs_path", None) or ""
    calendar = reverse("scheduling:calendar")
    if request.htmx and here.startswith(calendar):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({CHANGED: {"say": sentence}})})
    return done(request, here or calendar, sentence)


def changed_part(request: Request, template: str, **context: Any) -> HttpResponse:
    """Answer a deed inside a dialog that stays open."""
    response = part(request, template, **context)
    response["HX-Trigger"] = json.dumps({CHANGED: {"say": ""}})
    return response


def refused_json(refused: Refused) -> JsonResponse:
    """Answer a refusal to the page's script."""
    return JsonResponse({"sentence": refused.sentence}, status=status_of(refused))

"""Work that goes on while somebody looks: how far it is, and a piece of page that asks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.web.page import part

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


def bar(done: int, of: int) -> dict[str, int]:
    """Return how much of the bar is filled and left, in percent; work without parts is whole."""
    percent = max(1, round(100 * done / of) if of else 100)
    return {"percent": percent, "rest": 100 - percent}


def polled(request: Request, template: str, shown: dict[str, Any]) -> HttpResponse:
    """Answer how far it is; once it is no longer busy, the page comes anew."""
    answer = part(request, template, **shown)
    if not shown["is_busy"]:
        answer["HX-Refresh"] = "true"
    return answer

"""How refusals and failures look on pages: what happened, that nothing was lost, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string

from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Refused, Unknown

if TYPE_CHECKING:
    from django.http import HttpRequest

STATUS: dict[type[Refused], int] = {Unknown: 404, Forbidden: 403, Conflict: 409, Invalid: 422}
TITLES = {
    403: "This is not open to you",
    404: "There is nothing here",
    409: "Nothing was changed",
    422: "Something is missing",
    500: "Something went wrong on our side",
    503: "Kinbook cannot reach its database",
}


def status_of(refused: Refused) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for kind, status in STATUS.items() if isinstance(refused, kind)), 409)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer a refusal: a page of its own, or a toast where htmx asked."""
    return error_page(request, status_of(refused), refused.sentence)


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Answer with a page that says what happened and leads on."""
    template = "web/_refused.html" if request.headers.get("HX-Request") else "web/error.html"
    context = {"title": TITLES[status], "sentence": sentence, "status": status}
    return HttpResponse(render_to_string(template, context), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that comes from elsewhere or after a new sign-in."""
    return error_page(
        request, 403, "This page was open too long. Nothing was saved: go back, reload it, and try again."
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return error_page(request, 404, "The address leads nowhere, or to something you may not see.")


def failure(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours."""
    return error_page(request, 500, "Nothing was saved. Try again; if it happens twice, tell whoever runs Kinbook.")


def no_database(request: HttpRequest) -> HttpResponse:
    """Answer while the database is away."""
    return error_page(request, 503, "Nothing was saved. It is usually back within a minute: try again then.")

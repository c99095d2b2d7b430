"""Style sheets, scripts and pictures, from the folder they were built into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def static_files(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer with files; one that a newer build has taken away since the server started leads nowhere."""
    files = WhiteNoiseMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = files(request)
        except FileNotFoundError:
            return get_response(request)
        return response

    return answer

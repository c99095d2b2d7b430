"""A request as views see it: with its viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

LONGEST = 10
"""Digits of a version: as many as its column holds."""

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from kinbook.tenancy.viewer import Viewer


class Request(HttpRequest):
    """An HTTP request with the viewer that the middleware made."""

    viewer: Viewer
    htmx: HtmxDetails


def version_of(request: Request, field: str = "version") -> int | None:
    """Return the version of what was shown to whoever sends the form; None where the form says none that could be."""
    text = request.POST.get(field, "")
    return int(text) if text.isdecimal() and len(text) < LONGEST else None

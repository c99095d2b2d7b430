"""A request as views see it: with its viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from kinbook.tenancy.viewer import Viewer


class Request(HttpRequest):
    """An HTTP request with the viewer that the middleware made."""

    viewer: Viewer
    htmx: HtmxDetails

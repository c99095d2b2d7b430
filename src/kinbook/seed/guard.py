"""The demo's open doors exist on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

HERE = {"localhost", "127.0.0.1", "testserver"}


def is_open(request: HttpRequest) -> bool:
    """Tell whether the demo's password, doors and outbox may exist for this request.

    Only while the server is bound to a loopback address (`kinbook demo` binds to no other) and the request came
    straight: without a proxy's headers, and with a Host of this machine.
    """
    forwarded = any(name == "HTTP_FORWARDED" or name.startswith("HTTP_X_FORWARDED") for name in request.META)
    host = request.META.get("HTTP_HOST", "").rsplit(":", 1)[0]
    return settings.DEMO and not forwarded and host in HERE

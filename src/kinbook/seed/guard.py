"""The demo's open doors exist on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from kinbook.team.queries import practice_ids
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


def is_open(request: HttpRequest) -> bool:
    """Tell whether the demo's password, doors and outbox may exist for this request.

    Only while the server is bound to a loopback address (`kinbook demo` binds to no other) and the request came
    straight: without a proxy's headers, and with a Host of this machine.
    """
    forwarded = any(name == "HTTP_FORWARDED" or name.startswith("HTTP_X_FORWARDED") for name in request.META)
    host = request.META.get("HTTP_HOST", "").rsplit(":", 1)[0]
    return settings.DEMO and not forwarded and host in settings.DEMO_HOSTS


def is_demo(practice_id: UUID) -> bool:
    """Tell whether a practice is the demo, whose passwords everybody knows."""
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        return Practice.objects.filter(pk=practice_id, is_demo=True).exists()


def holds_demo() -> bool:
    """Tell whether this installation holds a demo practice."""
    return any(is_demo(practice_id) for practice_id in practice_ids())

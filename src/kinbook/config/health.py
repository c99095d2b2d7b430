"""Is it up: for whoever watches, without a word about anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse

from kinbook.config.schema import is_migrated
from kinbook.team.models import Seat

if TYPE_CHECKING:
    from django.http import HttpRequest


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database is migrated and, in a demo, the demo practice is loaded."""
    try:
        migrated = is_migrated()
        loaded = not settings.DEMO or Seat.objects.exists()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if not migrated or not loaded:
        return JsonResponse({"status": "starting"}, status=503)
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ready"})

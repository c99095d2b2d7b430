"""The links of letters about a new address. Nobody is signed in here; opening a link uses nothing up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.shortcuts import render

from kinbook.accounts.commands.email import confirm_change, open_change, stop_change
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

GONE = "This link was used already, was stopped, or is older than two days. Nothing was changed."


def email_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm a new address, or stop it from the old one."""
    now = datetime.now(UTC)
    opened = open_change(secret, now)
    if opened is None:
        return render(request, "accounts/email_gone.html", {"sentence": GONE}, status=404)
    if request.method != "POST":
        return render(request, "accounts/email_link.html", {"opened": opened})
    practice_id = opened.change.practice_id
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        viewer = rule_viewer(practice_id, now=now)
        if opened.at_old and "stop" in request.POST:
            stop_change(viewer, opened)
            return render(request, "accounts/email_done.html", {"stopped": True})
        try:
            in_force = confirm_change(viewer, opened)
        except Unknown:
            return render(request, "accounts/email_gone.html", {"sentence": GONE}, status=404)
    return render(request, "accounts/email_done.html", {"in_force": in_force, "email": opened.change.email})

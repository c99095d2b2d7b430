"""Sending and reminding many: a dry run that says who gets what and who does not, then the mailing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.mailings import (
    WAITED_FOR,
    advance_mailing,
    continue_mailing_later,
    pause_mailing,
    resume_mailing,
    start_mailing,
    stop_mailing,
)
from kinbook.invoices.commands.remind import remind_payer
from kinbook.invoices.forms import SendAllForm
from kinbook.invoices.models import MailingKind, RunState
from kinbook.invoices.queries.mailing import items_of, letters_for, mailing_for, progress_of
from kinbook.people.queries import party_for
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import came_from, done, go, page, part
from kinbook.web.progress import bar, polled

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.invoices.models import Mailing
    from kinbook.web.request import Request

SHOWN = 200


def send_all(request: Request) -> HttpResponse:
    """Every invoice that was never sent."""
    return _mailing_to_be(request, MailingKind.SEND)


def remind_all(request: Request) -> HttpResponse:
    """Everybody with overdue invoices."""
    return _mailing_to_be(request, MailingKind.REMIND)


def _mailing_to_be(request: Request, kind: str) -> HttpResponse:
    """The dry run; pressing the button does it."""
    require(request.viewer, Action.INVOICE_SEND)
    data = request.POST if request.method == "POST" else request.GET if "since" in request.GET else None
    form = SendAllForm(data)
    since = form.cleaned_data["since"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and form.is_valid():
        return _start(request, kind, since)
    letters = letters_for(request.viewer, kind, since)
    going = [each for each in letters if not each.skipped]
    record(request.viewer, "mailing.dry_run", kind=kind, letters=len(going))
    shown = {
        "kind": kind,
        "form": form,
        "going": going[:SHOWN],
        "count": len(going),
        "cents": sum(each.cents for each in going),
        "skipped": [each for each in letters if each.skipped][:SHOWN],
        "skipped_count": len(letters) - len(going),
        "today": request.viewer.today,
    }
    status = 422 if form.is_bound and form.errors else 200
    if request.htmx and request.method == "GET":
        return part(request, "invoices/_letters.html", status=status, **shown)
    return page(request, "invoices/mail_all.html", status=status, **shown)


def _start(request: Request, kind: str, since: Any) -> HttpResponse:
    made = start_mailing(request.viewer, kind=kind, since=since)
    if progress_of(made).of <= WAITED_FOR:
        while advance_mailing(request.viewer, mailing_id=made.pk):
            pass
    else:
        continue_mailing_later(request.viewer, made)
    return go(request, reverse("invoices:mailing", args=[made.pk]))


def mailing(request: Request, mailing_id: UUID) -> HttpResponse:
    """A mailing: how far it is, and what became of each letter."""
    found = mailing_for(request.viewer, mailing_id)
    items = items_of(request.viewer, found)
    record(request.viewer, "mailing.viewed", found, count=len(items))
    return page(request, "invoices/mailing.html", items=items, **_progress(found))


def mailing_progress(request: Request, mailing_id: UUID) -> HttpResponse:
    """How far a mailing is; asked again while it works, and the page anew when it is at its end."""
    return polled(request, "invoices/_mailing_progress.html", _progress(mailing_for(request.viewer, mailing_id)))


def _progress(found: Mailing) -> dict[str, Any]:
    progress = progress_of(found)
    return {
        "mailing": found,
        "progress": progress,
        "is_busy": found.state == RunState.WORKING,
        **bar(progress.done, progress.of),
    }


@require_POST
def pause(request: Request, mailing_id: UUID) -> HttpResponse:
    """Let a mailing stop for now."""
    found = mailing_for(request.viewer, mailing_id)
    pause_mailing(request.viewer, mailing=found)
    return done(request, reverse("invoices:mailing", args=[found.pk]), "Paused. What was sent is sent.")


@require_POST
def resume(request: Request, mailing_id: UUID) -> HttpResponse:
    """Let a paused mailing go on."""
    found = mailing_for(request.viewer, mailing_id)
    resume_mailing(request.viewer, mailing=found)
    return done(request, reverse("invoices:mailing", args=[found.pk]), "It goes on.")


@require_POST
def stop(request: Request, mailing_id: UUID) -> HttpResponse:
    """End a mailing: the rest is not sent."""
    found = mailing_for(request.viewer, mailing_id)
    stop_mailing(request.viewer, mailing=found)
    return done(
        request, reverse("invoices:mailing", args=[found.pk]), "Stopped. What was sent is sent, the rest is not."
    )


@require_POST
def remind(request: Request, party_id: UUID) -> HttpResponse:
    """Remind one payer now."""
    party = party_for(request.viewer, party_id)
    party = party.merged_into or party
    back = came_from(request, reverse("payments:payer", args=[party.pk]))
    try:
        letter = remind_payer(request.viewer, party=party)
    except Invalid as refused:
        raise Conflict(refused.sentence) from None
    return done(request, back, f"A reminder is on its way to {letter.to}.")

"""Integrations, of Settings: the keys of the card processor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.cards.commands.keys import remove_keys, set_keys
from kinbook.cards.forms import KeysForm
from kinbook.cards.processor import NoAnswer, Turned, test_keys
from kinbook.cards.queries.keys import account, keys
from kinbook.tenancy.refused import Invalid
from kinbook.web.page import Afterwards, beside_fields, done, go, settings_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


def integrations(request: Request) -> HttpResponse:
    """The card processor's keys: entered, shown by their last four signs."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = keys()
    form = KeysForm(request.POST or None, initial={"publishable": found.publishable if found else ""})
    if request.method == "POST" and form.is_valid():
        try:
            set_keys(request.viewer, **form.cleaned_data)
            return done(request, reverse("cards:integrations"), "Keys saved.")
        except Invalid as refused:
            beside_fields(form, refused)
    if found is not None:
        form.fields["secret"].help_text = _kept(found.ending)
        form.fields["webhook_secret"].help_text = _kept(found.webhook_ending)
    return settings_page(
        request,
        "cards/integrations.html",
        form=form,
        keys=found,
        address=f"{settings.PUBLIC_URL}{reverse('cards:stripe', args=[request.viewer.practice_id])}",
        status=422 if form.errors else 200,
    )


def _kept(ending: str) -> str:
    return f"Kept, sealed: ends in {ending}. Leave empty to keep it." if ending else "None kept yet."


@require_POST
def test(request: Request) -> HttpResponse:
    """Ask the processor whether the keys are accepted."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    known = account()

    def finish() -> HttpResponse:
        try:
            is_live = test_keys(known)
        except Turned:
            messages.error(request, "The card processor does not accept the secret key. Look whether it is whole.")
        except NoAnswer:
            messages.error(request, "The card processor does not answer. Try again in a minute.")
        else:
            what = "real money is charged" if is_live else "they are test keys, no money moves"
            messages.success(request, f"The keys are accepted; {what}.")
        return go(request, reverse("cards:integrations"))

    return Afterwards(finish)


@require_POST
def remove(request: Request) -> HttpResponse:
    """Take the keys out."""
    remove_keys(request.viewer)
    return done(request, reverse("cards:integrations"), "Keys removed: cards are not charged any more.")


def clock() -> datetime:
    """Return the time, for what goes on after the request's own moment."""
    return datetime.now(UTC)

"""A payer's terms and reminders: how an organization wants its invoices, and who is not reminded for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.terms import pause_reminders, resume_reminders, set_terms
from kinbook.invoices.forms import PauseForm, TermsForm
from kinbook.invoices.queries.terms import pause_of, terms_of
from kinbook.people.queries import party_for
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part
from kinbook.web.request import version_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.people.models import Party
    from kinbook.web.request import Request


def payer_terms(request: Request, organization_id: UUID) -> HttpResponse:
    """How an organization wants its invoices."""
    party = _party(request, organization_id)
    require(request.viewer, Action.BILLING_SETTINGS)
    if not party.is_organization:
        raise Unknown
    terms = terms_of(party.pk)
    shown = {"one_invoice": "yes" if terms.one_invoice else "", "clients_named": terms.clients_named}
    form = TermsForm(request.POST or None, initial={**shown, "reference": terms.reference})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            set_terms(
                request.viewer,
                party=party,
                one_invoice=bool(values["one_invoice"]),
                clients_named=values["clients_named"],
                reference=values["reference"],
                version=version_of(request),
            )
            return done(request, _back(party), "Saved: it holds for invoices from now on.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    record(request.viewer, "payer.terms_viewed", party)
    context = {"party": party, "terms": terms, "form": form}
    return part(request, "invoices/terms.html", status=422 if form.errors else 200, **context)


def pause_payer(request: Request, party_id: UUID) -> HttpResponse:
    """Remind a payer of nothing for a while, and say why."""
    party = _party(request, party_id)
    require(request.viewer, Action.INVOICE_SEND)
    standing = pause_of(party.pk, request.viewer.today)
    initial = {"reason": standing.reason, "until": standing.until} if standing else None
    form = PauseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            pause_reminders(request.viewer, party=party, reason=values["reason"], until=values["until"])
            return done(request, _back(party), "Paused: no reminders go to this payer.")
        except Invalid as refused:
            beside_fields(form, refused)
    record(request.viewer, "reminders.pause_viewed", party)
    return part(request, "invoices/pause.html", party=party, form=form, status=422 if form.errors else 200)


@require_POST
def resume_payer(request: Request, party_id: UUID) -> HttpResponse:
    """Remind a payer again."""
    party = _party(request, party_id)
    resume_reminders(request.viewer, party=party)
    return done(request, _back(party), "This payer is reminded again.")


def _party(request: Request, party_id: UUID) -> Party:
    party = party_for(request.viewer, party_id)
    return party.merged_into or party


def _back(party: Party) -> str:
    return reverse("payments:payer", args=[party.pk])

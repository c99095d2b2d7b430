"""Making documents: dialogs over a client's Billing and over a payer's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.queries import read_id
from kinbook.documents.commands.estimates import create_estimate
from kinbook.documents.commands.payments import create_receipt, create_tax_year
from kinbook.documents.commands.proofs import create_proof
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.commands.superbills import create_superbill, superbill_to_be
from kinbook.documents.forms import PeriodForm, YearForm
from kinbook.payments.queries import payment_page
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.documents.queries.superbills import Missing
    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request


@dataclass(frozen=True, slots=True)
class Subject:
    """For whom a document may be made: a client's possible payers, or one payer."""

    client: Client | None
    options: list[Party]
    chosen: UUID | None


def subject_of(request: Request) -> Subject:
    """Return what a dialog is about, by the client and payer its address or form names."""
    data = request.POST if request.method == "POST" else request.GET
    client_id, payer_id = _id(data.get("client", "")), _id(data.get("payer", ""))
    client = client_for(request.viewer, client_id) if client_id else None
    require(request.viewer, Action.DOCUMENT_MAKE, client.pk if client else None)
    options = [option.party for option in payer_options(client)] if client else []
    if payer_id and payer_id not in {party.pk for party in options}:
        options = [party_for(request.viewer, payer_id), *options]
    return Subject(client, options, payer_id or (options[0].pk if options else None))


def _id(text: str) -> UUID | None:
    found = read_id(text) if text else None
    if text and found is None:
        raise Unknown
    return found


def last_month(today: date) -> dict[str, date]:
    """Return the month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return {"since": last.replace(day=1), "through": last}


def statement(request: Request) -> HttpResponse:
    """Create statement."""
    about = subject_of(request)
    if not about.options and not about.chosen:
        raise Unknown
    initial = {"since": last_month(request.viewer.today)["since"], "through": request.viewer.today}
    form = PeriodForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and about.chosen:
        values = form.cleaned_data
        client_id = about.client.pk if about.client and request.POST.get("whole") != "yes" else None
        try:
            made = create_statement(request.viewer, payer_id=about.chosen, client_id=client_id, **values)
            return done(request, reverse("documents:document", args=[made.pk]), "Statement created.")
        except Invalid as refused:
            _show(form, refused)
        except Forbidden as refused:
            if client_id:
                raise
            form.add_error(None, refused.sentence)
    return _dialog(request, "documents/new_statement.html", about, form)


def superbill(request: Request) -> HttpResponse:
    """Create superbill: what is missing from it is said before it is made."""
    about = subject_of(request)
    if about.client is None:
        raise Unknown
    data = request.POST if request.method == "POST" else request.GET if "since" in request.GET else None
    form = PeriodForm(data, initial=last_month(request.viewer.today))
    period = form.cleaned_data if form.is_bound and form.is_valid() else last_month(request.viewer.today)
    asked = {"payer_id": about.chosen, "client_id": about.client.pk, **period}
    to_be = None
    if about.chosen and not form.errors:
        try:
            if request.method == "POST":
                made = create_superbill(request.viewer, **asked)
                return done(request, reverse("documents:document", args=[made.pk]), "Superbill created.")
            to_be = superbill_to_be(request.viewer, **asked)
        except Invalid as refused:
            _show(form, refused) if form.is_bound else None
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    missing = [(each, place_of(request.viewer, each)) for each in to_be.missing] if to_be else []
    if request.htmx and request.htmx.target == "missing":
        return part(request, "documents/_missing.html", to_be=to_be, missing=missing, form=form)
    return _dialog(request, "documents/new_superbill.html", about, form, to_be=to_be, missing=missing)


PLACES = {
    "practice": ("practice:practice", Action.PRACTICE_SETTINGS),
    "member": ("team:team", Action.TEAM_MANAGE),
    "service": ("practice:services", Action.PRACTICE_SETTINGS),
    "client": ("people:edit_client", Action.CLIENT_EDIT),
    "diagnoses": ("documents:diagnoses", Action.DIAGNOSIS_EDIT),
    "billing": ("overview:client_billing", Action.AMOUNTS_SEE),
    "visit": ("scheduling:calendar", Action.CALENDAR_EDIT),
}
"""Where what is missing is entered, and what it needs."""


def place_of(viewer: Viewer, missing: Missing) -> str:
    """Return where something missing is entered; "" where the viewer may not."""
    name, action = PLACES[missing.where]
    of_client = missing.id if missing.where in {"client", "diagnoses", "billing"} else None
    if not may(viewer, action, of_client):
        return ""
    url = reverse(name, args=[of_client] if of_client else [])
    return f"{url}?view=week&date={missing.on}" if missing.on else url


def estimate(request: Request) -> HttpResponse:
    """Good-faith estimate."""
    about = subject_of(request)
    if about.client is None:
        raise Unknown
    today = request.viewer.today
    form = PeriodForm(request.POST or None, initial={"since": today, "through": today + timedelta(days=90)})
    if request.method == "POST" and form.is_valid() and about.chosen:
        asked = {"payer_id": about.chosen, "client_id": about.client.pk, **form.cleaned_data}
        try:
            made = create_estimate(request.viewer, **asked)
            return done(request, reverse("documents:document", args=[made.pk]), "Estimate created.")
        except Invalid as refused:
            _show(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return _dialog(request, "documents/new_estimate.html", about, form)


def proof(request: Request) -> HttpResponse:
    """Proof of expense."""
    about = subject_of(request)
    if about.client is None:
        raise Unknown
    form = PeriodForm(request.POST or None, initial=last_month(request.viewer.today))
    if request.method == "POST" and form.is_valid() and about.chosen:
        asked = {"payer_id": about.chosen, "client_id": about.client.pk, **form.cleaned_data}
        try:
            made = create_proof(request.viewer, **asked)
            url = reverse("documents:document", args=[made.pk])
            return done(request, url, "Proof created. Look at it, then approve it.")
        except Invalid as refused:
            _show(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return _dialog(request, "documents/new_proof.html", about, form)


def tax_year(request: Request) -> HttpResponse:
    """Tax-year summary of a payer."""
    about = subject_of(request)
    if about.chosen is None:
        raise Unknown
    form = YearForm(request.POST or None, initial={"year": request.viewer.today.year - 1})
    if request.method == "POST" and form.is_valid():
        try:
            made = create_tax_year(request.viewer, payer_id=about.chosen, year=form.cleaned_data["year"])
            return done(request, reverse("documents:document", args=[made.pk]), "Summary created.")
        except Invalid as refused:
            beside_fields(form, refused)
        except (Conflict, Forbidden) as refused:
            form.add_error(None, refused.sentence)
    return _dialog(request, "documents/new_tax_year.html", about, form)


@require_POST
def receipt(request: Request, payment_id: UUID) -> HttpResponse:
    """Receipt of a payment."""
    found = payment_page(request.viewer, payment_id)
    made = create_receipt(request.viewer, payment=found.row.payment)
    return done(request, reverse("documents:document", args=[made.pk]), "Receipt created.")


def _show(form: PeriodForm, refused: Invalid) -> None:
    renamed = {"to": "through", "from": "since"}
    beside_fields(form, Invalid(**{renamed.get(name, name): text for name, text in refused.problems.items()}))


def _dialog(request: Request, template: str, about: Subject, form: PeriodForm | YearForm, **more: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return part(request, template, about=about, client=about.client, form=form, status=status, **more)

"""Making documents: dialogs over a client's Billing and over a payer's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.queries import read_id
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.forms import PeriodForm
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Forbidden, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.people.models import Client, Party
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


def _show(form: PeriodForm, refused: Invalid) -> None:
    renamed = {"to": "through", "from": "since"}
    beside_fields(form, Invalid(**{renamed.get(name, name): text for name, text in refused.problems.items()}))


def _dialog(request: Request, template: str, about: Subject, form: PeriodForm, **more: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return part(request, template, about=about, client=about.client, form=form, status=status, **more)

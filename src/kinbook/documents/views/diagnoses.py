"""Diagnoses of a client: codes with the dates they hold, for who treats the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.documents.commands.diagnoses import add_diagnosis, end_diagnosis, remove_diagnosis
from kinbook.documents.forms import DiagnosisForm
from kinbook.documents.models import Diagnosis
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def diagnoses(request: Request, client_id: UUID) -> HttpResponse:
    """The codes on record, and a form for one more."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CLINICAL_SEE, client.pk)
    form = DiagnosisForm(request.POST or None, initial={"starts_on": request.viewer.today})
    if request.method == "POST":
        require(request.viewer, Action.DIAGNOSIS_EDIT, client.pk)
        if form.is_valid():
            try:
                added = add_diagnosis(request.viewer, client_id=client.pk, **form.cleaned_data)
                return done(request, _url(client.pk), f"{added.code} is on record.")
            except Invalid as refused:
                beside_fields(form, refused)
            except Conflict as refused:
                form.add_error(None, refused.sentence)
    rows = list(Diagnosis.objects.filter(client=client).order_by("-starts_on", "code"))
    record(request.viewer, "client.diagnoses_viewed", client, client_id=client.pk, count=len(rows))
    return page(
        request,
        "documents/diagnoses.html",
        head=client_head(request.viewer, client.pk),
        tab="diagnoses",
        client=client,
        rows=rows,
        form=form,
        editable=may(request.viewer, Action.DIAGNOSIS_EDIT, client.pk),
        status=422 if form.errors else 200,
    )


def _url(client_id: UUID) -> str:
    return reverse("documents:diagnoses", args=[client_id])


@require_POST
def end(request: Request, client_id: UUID, diagnosis_id: UUID) -> HttpResponse:
    """Let a code hold no more from today."""
    client = client_for(request.viewer, client_id, Action.CLINICAL_SEE)
    ended = end_diagnosis(request.viewer, client_id=client.pk, diagnosis_id=diagnosis_id, until=request.viewer.today)
    return done(request, _url(client.pk), f"{ended.code} holds no more from today.")


@require_POST
def remove(request: Request, client_id: UUID, diagnosis_id: UUID) -> HttpResponse:
    """Take out a code that was entered by mistake."""
    client = client_for(request.viewer, client_id, Action.CLINICAL_SEE)
    remove_diagnosis(request.viewer, client_id=client.pk, diagnosis_id=diagnosis_id)
    return done(request, _url(client.pk), "Taken out. It stays in the audit log.")

"""Third parties of a client: added, changed, ended, and taken out where entered by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import PartyKind
from kinbook.people.queries import client_for, parties_visible_to
from kinbook.practice.models import Service
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, came_from, done, part
from kinbook.web.request import version_of
from kinbook.whopays.commands.cover import (
    add_coverage,
    change_coverage,
    end_coverage,
    remove_coverage,
)
from kinbook.whopays.forms.coverage import NEW, CoverageForm, EndCoverageForm, as_entered
from kinbook.whopays.models import Coverage
from kinbook.whopays.queries.coverages import coverage_for

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.people.models import Client
    from kinbook.web.request import Request

RENAMED = {"organization_id": "organization", "service_ids": "services"}


def third_party(request: Request, client_id: UUID, coverage_id: UUID | None = None) -> HttpResponse:
    """Add a third party, or change one."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
    row = coverage_for(request.viewer, client, coverage_id) if coverage_id else None
    form = _form(request, client, row.coverage if row else None)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, client, row.coverage if row else None, form)
            return done(request, _back(request, client), "Saved: who pays is decided anew.")
        except Invalid as refused:
            problems = {RENAMED.get(name, name): text for name, text in refused.problems.items()}
            beside_fields(form, Invalid(**problems))
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    if row and request.method == "GET":
        record(request.viewer, "coverage.viewed", row.coverage, client_id=client.pk)
    return _shown(request, client, row, form)


def _form(request: Request, client: Client, row: Coverage | None) -> CoverageForm:
    known = parties_visible_to(request.viewer).filter(kind=PartyKind.ORGANIZATION, merged_into=None)
    count = Coverage.objects.filter(client=client).count()
    organizations = [row.organization.merged_into or row.organization] if row else list(known.order_by("sort_name"))
    places = max(count, 1) if row else count + 1
    initial = as_entered(row) if row else {"starts_on": request.viewer.today, "covers": "all", "position": places - 1}
    return CoverageForm(
        request.POST or None,
        initial=initial,
        organizations=organizations,
        services=list(Service.objects.filter(is_active=True).order_by("name")),
        places=places,
        has_new=row is None,
    )


def _save(request: Request, client: Client, row: Coverage | None, form: CoverageForm) -> None:
    with transaction.atomic():  # a new organization and its coverage, or neither
        draft = form.draft(_organization(request, form))
        if row is None:
            add_coverage(request.viewer, client_id=client.pk, draft=draft)
        else:
            change_coverage(request.viewer, coverage=row, draft=draft, version=version_of(request))


def _organization(request: Request, form: CoverageForm) -> UUID:
    values = form.cleaned_data
    if values["organization"] != NEW:
        return UUID(values["organization"])
    try:
        made = add_organization(request.viewer, name=values["new_name"], kind=values["new_kind"] or "other")
    except Invalid as refused:
        raise Invalid(new_name=refused.sentence) from None
    return made.pk


def _shown(request: Request, client: Client, row: Any, form: CoverageForm, ending: Any = None) -> HttpResponse:
    ending = ending or EndCoverageForm()
    return part(
        request,
        "whopays/third_party.html",
        client=client,
        row=row,
        form=form,
        problems=[*ending.non_field_errors(), *ending.errors.get("ends_on", ())],
        today=request.viewer.today,
        status=422 if form.errors or ending.errors else 200,
    )


def _back(request: Request, client: Client) -> str:
    return came_from(request, reverse("whopays:who_pays", args=[client.pk]))


@require_POST
def end_third_party(request: Request, client_id: UUID, coverage_id: UUID) -> HttpResponse:
    """End a coverage on a day."""
    client = client_for(request.viewer, client_id)
    row = coverage_for(request.viewer, client, coverage_id)
    require(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
    form = EndCoverageForm(request.POST)
    if form.is_valid():
        try:
            end_coverage(request.viewer, coverage=row.coverage, on=form.cleaned_data["ends_on"])
            return done(request, _back(request, client), "Ended: from then on the family pays.")
        except Invalid as refused:
            form.add_error(None, refused.sentence)
    shown = CoverageForm(
        None,
        initial=as_entered(row.coverage),
        organizations=[row.organization],
        services=list(Service.objects.filter(is_active=True).order_by("name")),
        places=max(Coverage.objects.filter(client=client).count(), 1),
        has_new=False,
    )
    return _shown(request, client, row, shown, form)


@require_POST
def remove_third_party(request: Request, client_id: UUID, coverage_id: UUID) -> HttpResponse:
    """Take out a coverage entered by mistake."""
    client = client_for(request.viewer, client_id)
    row = coverage_for(request.viewer, client, coverage_id)
    require(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
    remove_coverage(request.viewer, coverage=row.coverage)
    return done(request, _back(request, client), "Taken out: who pays is decided without it.")

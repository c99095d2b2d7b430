"""What the columns of a CSV mean: guessed, shown with samples, corrected, and kept for the next file like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.exchange import forms, queries
from kinbook.exchange.commands.bringing import settle_settings
from kinbook.exchange.models import FileKind, ImportState
from kinbook.exchange.reading.opening import Settings, open_table, samples_of, settings_of
from kinbook.exchange.reading.record import Unreadable
from kinbook.exchange.views.files import checked
from kinbook.people.models import Relationship
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.page import go, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.exchange.models import Import
    from kinbook.web.request import Request


def columns(request: Request, import_id: UUID) -> HttpResponse:
    """What the columns mean; sent, the file is checked."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    if found.kind != FileKind.CSV:
        raise Unknown
    if found.state == ImportState.IMPORTED or found.is_under_way:
        return go(request, reverse("exchange:import", args=[found.pk]))
    settings, problems = settings_of(found.settings), dict[str, str]()
    if request.method == "POST":
        settings, problems = forms.read_settings(request.POST, found.header)
        if "again" in request.POST:
            return _read_again(request, found, settings)
        if not problems:
            try:
                return checked(request, settle_settings(request.viewer, import_id=found.pk, settings=settings))
            except Invalid as refused:
                problems = {"columns": refused.sentence}
    return settings_page(
        request,
        "exchange/columns.html",
        file=found,
        problems=problems,
        status=422 if problems else 200,
        **_shown(found, settings, problems),
    )


def _read_again(request: Request, found: Import, settings: Settings) -> HttpResponse:
    """Take the file apart otherwise, and guess anew what its columns mean."""
    apart = Settings(None, settings.delimiter, settings.has_header)
    try:
        settle_settings(request.viewer, import_id=found.pk, settings=apart)
    except Invalid as refused:
        problems = {"columns": refused.sentence}
        shown = _shown(found, settings_of(found.settings), problems)
        return settings_page(request, "exchange/columns.html", status=422, file=found, problems=problems, **shown)
    return go(request, reverse("exchange:columns", args=[found.pk]))


def _shown(found: Import, settings: Settings, problems: dict[str, str]) -> dict[str, Any]:
    meant = settings.columns
    if meant is None:
        raise Unknown
    try:
        samples = samples_of(open_table(queries.head_of_import(found.pk), settings))
    except Unreadable:
        samples = []
    return {
        "columns": forms.column_rows(found.header, samples, meant, problems),
        "groups": forms.field_groups(meant),
        "contacts": forms.contacts_said(meant, found.header),
        "relationships": Relationship.choices,
        "delimiters": list(forms.DELIMITER_NAMES.items()),
        "orders": [(order.value, label) for order, label in forms.ORDERS.items()],
        "settings": settings,
    }

"""Settings, Client Portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.invitations.commands.settings import change_portal_setting
from kinbook.invitations.forms import PortalSettingForm
from kinbook.invitations.queries.people import portal_setting
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, settings_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


def client_portal(request: Request) -> HttpResponse:
    """On or off, what new people get, the words at the top, the language."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    setting = portal_setting(request.viewer)
    initial = {name: getattr(setting, name) for name in PortalSettingForm.base_fields}
    form = PortalSettingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("version", "")
        try:
            version = int(seen) if seen.isdigit() else None
            change_portal_setting(request.viewer, fields=form.cleaned_data, version=version)
            return done(request, reverse("invitations:client_portal"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return settings_page(request, "invitations/settings.html", form=form, setting=setting, status=status)

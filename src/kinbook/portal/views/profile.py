"""Profile: who one is to the practice, how one is reached, and the language of the pages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.audit.record import record
from kinbook.invitations.models import Purpose
from kinbook.portal.commands.keep import choose_keeper, guardians_of
from kinbook.portal.commands.passkeys import passkeys_of
from kinbook.portal.commands.profile import ask_for_address, change_phone, choose_language, confirm_address
from kinbook.portal.commands.sign_in import link_of, use_link
from kinbook.portal.forms import LanguageForm, PhoneForm, SignInForm
from kinbook.portal.views.frame import BROWSER, PortalRequest, door_page, frame_of, keep, page, told
from kinbook.portal.views.sign_in import REMEMBERED
from kinbook.tenancy.refused import Invalid
from kinbook.web.page import beside_fields

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse


def profile(request: PortalRequest) -> HttpResponse:
    """The page with its three small forms."""
    record(request.viewer, "portal.profile_viewed")
    return _show(request)


def _show(request: PortalRequest, **entered: Form) -> HttpResponse:
    person = request.person
    forms: dict[str, Form] = {
        "email": SignInForm(initial={"email": person.email}),
        "phone": PhoneForm(initial={"phone": person.phone}),
        "language": LanguageForm(initial={"language": translation.get_language()}),
    }
    status = 422 if entered else 200
    return page(
        request,
        "portal/profile.html",
        frame_of(request),
        status=status,
        forms=forms | entered,
        passkeys=passkeys_of(request.viewer),
        guardians=guardians_of(request.viewer),
    )


@require_POST
def phone(request: PortalRequest) -> HttpResponse:
    """Save the number."""
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            change_phone(request.viewer, number=form.cleaned_data["phone"])
        except Invalid as refused:
            beside_fields(form, refused)
        else:
            return told(request, reverse("portal:profile"), _("Saved."))
    return _show(request, phone=form)


@require_POST
def language(request: PortalRequest) -> HttpResponse:
    """Save the language, and go on in it."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _show(request, language=form)
    choose_language(request.viewer, language=form.cleaned_data["language"])
    translation.activate(form.cleaned_data["language"])
    return told(request, reverse("portal:profile"), _("Saved."))


@require_POST
def email(request: PortalRequest) -> HttpResponse:
    """Ask for another address; the answer is the same whoever uses it already."""
    form = SignInForm(request.POST)
    browser = request.COOKIES.get(BROWSER) or secrets.token_urlsafe(32)
    if form.is_valid():
        try:
            address, spoken = form.cleaned_data["email"], translation.get_language() or "en"
            ask_for_address(request.viewer, address=address, browser=browser, language=spoken)
        except Invalid as refused:
            beside_fields(form, refused)
        else:
            sentence = _("We have written to %(address)s. Follow the link there within 15 minutes.")
            response = told(request, reverse("portal:profile"), sentence % {"address": address})
            keep(response, BROWSER, browser, REMEMBERED)
            return response
    return _show(request, email=form)


@require_POST
def keep_guardian(request: PortalRequest, guardian_id: UUID) -> HttpResponse:
    """Let a guardian keep their access."""
    choose_keeper(request.viewer, guardian_id=guardian_id, keeps=True)
    return told(request, f"{reverse('portal:profile')}#guardians", _("Saved. You can end it here at any time."))


@require_POST
def end_guardian(request: PortalRequest, guardian_id: UUID) -> HttpResponse:
    """End a guardian's access."""
    choose_keeper(request.viewer, guardian_id=guardian_id, keeps=False)
    return told(request, f"{reverse('portal:profile')}#guardians", _("Ended: it is closed to them from now on."))


def address(request: PortalRequest, secret: str) -> HttpResponse:
    """The link in the mail to a new address: one button confirms it."""
    opened = link_of(secret, Purpose.ADDRESS, browser=request.COOKIES.get(BROWSER, ""), now=request.now)
    if request.method == "POST" and opened.link:
        link = use_link(secret, Purpose.ADDRESS, request.now)
        if link and confirm_address(link, request.now):
            return door_page(request, "portal/address_confirmed.html")
    if opened.link is None or request.method == "POST":
        return door_page(request, "portal/link_gone.html", status=410)
    return door_page(request, "portal/address.html", address=opened.link.address)

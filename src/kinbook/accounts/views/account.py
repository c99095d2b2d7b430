"""Your account: password, e-mail, and where you are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import HASH_SESSION_KEY
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.commands.email import start_email_change, stop_own_email_change
from kinbook.accounts.commands.factors import reset_second_step
from kinbook.accounts.commands.passwords import change_password
from kinbook.accounts.commands.rules import set_rules
from kinbook.accounts.commands.sign_ins import end_other_sign_ins, end_sign_in
from kinbook.accounts.forms import EmailForm, PasswordForm, RulesForm
from kinbook.accounts.queries import account_page
from kinbook.team.models import Member
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request

ASKED = "Letters are on their way to both addresses. The new one is in force once both have confirmed."


def account(request: Request) -> HttpResponse:
    """One's own name, roles and ways to sign in."""
    shown = account_page(request.viewer)
    return settings_page(request, "accounts/account.html", shown=shown, here=request.session.row)


def password(request: Request) -> HttpResponse:
    """Choose a new password; the old one, or another proof, was just shown."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_password(
                request.viewer, password=form.cleaned_data["password"], session_key=request.session.session_key
            )
        except Invalid as refused:
            beside_fields(form, refused)
        else:
            request.session.cycle_key()
            request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            return done(request, reverse("accounts:account"), "Your password is changed; you are signed out elsewhere.")
    return part(request, "accounts/password.html", form=form, status=422 if form.errors else 200)


def email(request: Request) -> HttpResponse:
    """Ask for a new address of one's own."""
    return _change_email(request, request.viewer.id, reverse("accounts:account"))


def member_email(request: Request, member_id: UUID) -> HttpResponse:
    """Ask for a new address of a member."""
    require(request.viewer, Action.TEAM_MANAGE)
    return _change_email(request, member_id, reverse("team:team"))


def _change_email(request: Request, member_id: UUID, back: str) -> HttpResponse:
    member = Member.objects.active().filter(pk=member_id).first()
    if member is None:
        raise Unknown
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            start_email_change(request.viewer, member_id=member_id, email=form.cleaned_data["email"])
            return done(request, back, ASKED)
        except Invalid as refused:
            beside_fields(form, refused)
    return part(request, "accounts/email.html", form=form, member=member, status=422 if form.errors else 200)


@require_POST
def reset_step(request: Request, member_id: UUID) -> HttpResponse:
    """Take a member's second step away, who has lost it."""
    member = reset_second_step(request.viewer, member_id=member_id)
    return done(request, reverse("team:team"), f"{member.name} signs in with the password alone now, and is told so.")


@require_POST
def stop_email(request: Request) -> HttpResponse:
    """Take one's own change of address back."""
    stop_own_email_change(request.viewer)
    return done(request, reverse("accounts:account"), "Your e-mail stays as it is.")


@require_POST
def end(request: Request, sign_in_id: UUID) -> HttpResponse:
    """End one sign-in."""
    end_sign_in(request.viewer, sign_in_id=sign_in_id)
    return done(request, reverse("accounts:account"), "That device is signed out.")


@require_POST
def end_others(request: Request) -> HttpResponse:
    """End all other sign-ins."""
    end_other_sign_ins(request.viewer, but=request.session.session_key)
    return done(request, reverse("accounts:account"), "You are signed out everywhere else.")


def rules(request: Request) -> HttpResponse:
    """What the practice wants of everybody who signs in."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Practice.objects.get(pk=request.viewer.practice_id)
    initial = {name: getattr(found, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        version = request.POST.get("version", "")
        try:
            set_rules(
                request.viewer,
                second_step=values["second_step"],
                roles=values["second_step_roles"],
                idle_minutes=values["idle_minutes"],
                version=int(version) if version.isdigit() else None,
            )
            return done(request, reverse("accounts:rules"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return settings_page(request, "accounts/rules.html", form=form, practice=found, status=status)

"""The settings of messages, their templates, and who is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.messaging.commands.settling import (
    end_absence,
    remove_template,
    save_template,
    set_absence,
    set_messages,
)
from kinbook.messaging.forms import AwayForm, MessagesForm, TemplateForm
from kinbook.messaging.models import Absence, Template
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def messages(request: Request) -> HttpResponse:
    """Whether messages are on, what new portal users may, and when a letter tells of unread ones."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Practice.objects.get(pk=request.viewer.practice_id)
    initial = {"on": found.messages_on, "for_new": found.messages_for_new, "notice_minutes": found.notice_minutes}
    form = MessagesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            set_messages(request.viewer, version=int(version) if version.isdecimal() else None, **form.cleaned_data)
            return done(request, reverse("messaging:settings"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    rows = list(Template.objects.order_by("name"))
    status = 422 if form.errors else 200
    return settings_page(request, "messaging/settings.html", form=form, practice=found, rows=rows, status=status)


def template(request: Request, template_id: UUID | None = None) -> HttpResponse:
    """Add or change words that are used again."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Template.objects.filter(pk=template_id).first() if template_id else None
    if template_id and found is None:
        raise Unknown
    form = TemplateForm(request.POST or None, initial={"name": found.name, "body": found.body} if found else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_template(request.viewer, template_id=template_id, **form.cleaned_data)
            return done(request, reverse("messaging:settings"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
    return part(request, "messaging/template.html", form=form, row=found, status=422 if form.errors else 200)


@require_POST
def drop_template(request: Request, template_id: UUID) -> HttpResponse:
    """Remove words that are used no more."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    remove_template(request.viewer, template_id=template_id)
    return done(request, reverse("messaging:settings"), "Removed. Messages sent with it stay.")


def away(request: Request) -> HttpResponse:
    """Say from when to when the viewer is away, and what is answered meanwhile."""
    viewer = request.viewer
    require(viewer, Action.MESSAGES_SEND)
    found = Absence.objects.filter(member_id=viewer.id, until__gt=viewer.today).first()
    initial = {"starts_on": viewer.today}
    form = AwayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_absence(viewer, **form.cleaned_data)
            return done(request, reverse("messaging:messages"), "Whoever writes to you while you are away is answered.")
        except Invalid as refused:
            beside_fields(form, refused)
    return part(request, "messaging/away.html", form=form, away=found, status=422 if form.errors else 200)


@require_POST
def back(request: Request) -> HttpResponse:
    """Be back."""
    require(request.viewer, Action.MESSAGES_SEND)
    end_absence(request.viewer)
    return done(request, reverse("messaging:messages"), "Welcome back: nothing is answered for you any more.")

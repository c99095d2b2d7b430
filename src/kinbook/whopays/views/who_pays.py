"""Who pays: five cards, the custody strip, exceptions and caps, and a live preview of the next appointments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may
from kinbook.audit.record import record
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head
from kinbook.practice.models import Service
from kinbook.rules.placing import Swallows
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import done, page, part
from kinbook.whopays.commands.arrange import (
    end_arrangement,
    placed_value,
    read_agreement,
    require_payers,
    set_arrangement,
)
from kinbook.whopays.commands.invoicing import set_invoicing
from kinbook.whopays.forms.chooser import as_sent, chooser_of, fresh, read_chooser
from kinbook.whopays.forms.extras import (
    calendar_of,
    cap_rows,
    caps_sent,
    exception_rows,
    exceptions_sent,
    read_caps,
    read_exceptions,
    rule_options,
    what_options,
)
from kinbook.whopays.queries.coverages import coverages_of, in_force
from kinbook.whopays.queries.discounts import sliding_fees
from kinbook.whopays.queries.facts import read_arrangement
from kinbook.whopays.queries.history import eras
from kinbook.whopays.queries.payers import arrangement_on, invoicing_modes
from kinbook.whopays.queries.preview import appointment_dates, placing, preview
from kinbook.whopays.views.choices import choices_for

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse, QueryDict

    from kinbook.people.models import Client
    from kinbook.web.request import Request
    from kinbook.whopays.commands.arrange import Agreement
    from kinbook.whopays.forms.chooser import Choice, Chooser
    from kinbook.whopays.models import Arrangement
    from kinbook.whopays.queries.coverages import CoverageRow


def who_pays(request: Request, client_id: UUID) -> HttpResponse:
    """The chooser with its preview, and saving it."""
    client = client_for(request.viewer, client_id)
    problem = ""
    if request.method == "POST":
        try:
            agreement = _read(request, client)
            set_arrangement(request.viewer, client_id=client.pk, agreement=agreement)
            return done(request, reverse("whopays:who_pays", args=[client.pk]), "Saved: this is who pays.")
        except (Invalid, Conflict) as refused:
            problem = refused.sentence
    else:
        record(request.viewer, "who_pays.viewed", client, client_id=client.pk)
    context = _context(request, client)
    if request.method == "POST":
        context |= _as_sent(request.POST, context)
    context["shown"], context["blocked"] = _preview(request, client, draft=request.method == "POST")
    return page(request, "whopays/who_pays.html", problem=problem, status=422 if problem else 200, **context)


def who_pays_preview(request: Request, client_id: UUID) -> HttpResponse:
    """The preview of what the chooser says right now."""
    client = client_for(request.viewer, client_id)
    shown, blocked = _preview(request, client, draft=True)
    standing = in_force(_coverages(request, client))
    return part(
        request, "whopays/_preview_changed.html", client=client, shown=shown, blocked=blocked, standing=standing
    )


def _coverages(request: Request, client: Client) -> list[CoverageRow]:
    return coverages_of(request.viewer, client) if may(request.viewer, Action.AMOUNTS_SEE, client.pk) else []


@require_POST
def end(request: Request, client_id: UUID) -> HttpResponse:
    """End the arrangement in force."""
    client = client_for(request.viewer, client_id)
    on = _day(request.POST.get("on", "")) or request.viewer.today
    end_arrangement(request.viewer, client_id=client.pk, on=on)
    return done(request, reverse("whopays:who_pays", args=[client.pk]), "Ended. Charges from then on need a payer.")


@require_POST
def invoicing(request: Request, client_id: UUID) -> HttpResponse:
    """Say when this client's invoices make themselves."""
    client = client_for(request.viewer, client_id)
    set_invoicing(request.viewer, client_id=client.pk, mode=request.POST.get("invoicing", ""))
    return done(request, reverse("whopays:who_pays", args=[client.pk]), "Saved: it holds from the next invoices on.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(rule="A date looks like 2026-11-02.") from None


def _read(request: Request, client: Client) -> Agreement:
    """Return the agreement the page says; raises Invalid."""
    data = request.POST
    rule = read_chooser(data, [each.id for each in choices_for(client)])
    caps = read_caps(data)
    if caps:
        rule["caps"] = caps
    starts_on = None if data.get("always") == "yes" else _day(data.get("from", "")) or request.viewer.today
    return read_agreement(
        rule,
        starts_on=starts_on,
        until=_day(data.get("until", "")),
        exceptions=read_exceptions(data),
        carry_over=data.get("carry_over") == "yes",
    )


def _preview(request: Request, client: Client, *, draft: bool) -> tuple[Any, str]:
    if not draft:
        return preview(request.viewer, client), ""
    try:
        agreement = _read(request, client)
        require_payers(client.pk, agreement)
        known = [read_arrangement(row) for row in client.arrangements.order_by("pk")]
        return preview(request.viewer, client, placing(placed_value(agreement, known))), ""
    except Invalid as refused:
        return None, refused.sentence
    except Swallows as blocked:
        start = blocked.later.period.starts_on
        return (
            None,
            f"An arrangement begins on {start} already: give this one an end on or before it, or change that one.",
        )


def _context(request: Request, client: Client) -> dict[str, Any]:
    today = request.viewer.today
    current = arrangement_on(client.pk, today)
    choices = choices_for(client)
    chooser = _chooser(request, client, current, choices)
    history = eras(client, today)
    now = next((era for era in history if era.is_current), None)
    rules = rule_options(choices, custody=True)
    calendar = calendar_of(current.rule, current.exceptions) if current else None
    exceptions = exception_rows(current.exceptions, rules, now.exceptions, calendar) if current and now else []
    coverages = _coverages(request, client)
    return {
        "client": client,
        "head": client_head(request.viewer, client.pk),
        "tab": "billing",
        "current": current,
        "chooser": chooser,
        "history": history,
        "sliding_fees": sliding_fees(client.pk, today),
        "may_discount": may(request.viewer, Action.WRITE_OFF, client.pk),
        "choices": choices,
        "whats": what_options(list(Service.objects.filter(is_active=True).order_by("name"))),
        "rules": rules,
        "exceptions": exceptions,
        "caps": cap_rows(current.rule) if current else [],
        "today": today,
        "begins": ((current and current.starts_on) or today).isoformat(),
        "ends": current.until.isoformat() if current and current.until else "",
        "always": current is not None and current.starts_on is None,
        "is_always": True,
        "carries": current is not None,
        "editable": may(request.viewer, Action.WHO_PAYS_CHANGE, client.pk),
        "modes": invoicing_modes(request.viewer),
        "coverages": coverages,
        "standing": in_force(coverages),
    }


def _as_sent(data: QueryDict, context: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a form that was refused: all that was entered."""
    return {
        "chooser": as_sent(context["chooser"], data),
        "exceptions": exceptions_sent(data, context["rules"]),
        "caps": caps_sent(data),
        "begins": data.get("from", "")[:10],
        "ends": data.get("until", "")[:10],
        "is_always": data.get("always") == "yes",
        "carries": data.get("carry_over") == "yes",
    }


def _chooser(request: Request, client: Client, current: Arrangement | None, choices: list[Choice]) -> Chooser:
    today = request.viewer.today
    week = Practice.objects.get(pk=request.viewer.practice_id).week_starts_on
    this_week = date.fromordinal(today.toordinal() - (today.weekday() - week) % 7)
    if current:
        anchor = _day(str(current.rule.get("anchor", ""))) or this_week
        chooser = chooser_of(choices, current.rule, anchor)
        calendar = calendar_of(current.rule, current.exceptions)
        if calendar:  # an exception's, too, is painted here
            chooser.anchor = _day(calendar["anchor"]) or anchor
            chooser.cycle, chooser.dates = list(calendar["cycle"]), dict(calendar.get("dates", {}))
    else:
        taking = [each.id for each in choices if each.relation != "client"][:2]
        chooser = fresh(choices, this_week, taking_part=taking, mode="single")
    chooser.today = today.isoformat()
    chooser.appointments = appointment_dates(client, today.replace(day=1))
    return chooser

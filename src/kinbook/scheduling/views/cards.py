"""The card of an appointment and what is done from it: status, payer, another time, removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect, JsonResponse
from django.urls import NoReverseMatch, reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.remove import remove_appointment
from kinbook.scheduling.commands.series import ONE
from kinbook.scheduling.forms.card import MoveForm, PayerForm, RemoveForm, SplitForm, StatusForm
from kinbook.scheduling.queries.card import appointment_for, card
from kinbook.scheduling.queries.conflicts import conflicts_of
from kinbook.scheduling.queries.payers import who_pays
from kinbook.scheduling.render import spoken_conflict
from kinbook.scheduling.views.answers import changed, changed_part, refused_json
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Refused, Unknown
from kinbook.web.page import part
from kinbook.whopays.commands.override import clear_override, read_override, set_override
from kinbook.whopays.models import Charge

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse

    from kinbook.scheduling.models import Appointment
    from kinbook.scheduling.queries.card import Card
    from kinbook.web.request import Request


def appointment(request: Request, appointment_id: UUID) -> HttpResponse:
    """The card of one appointment; by its address alone, the calendar with the card open."""
    found = appointment_for(request.viewer, appointment_id)
    if not request.htmx:
        query = f"?date={found.starts_at.astimezone(request.viewer.zone).date()}&appointment={found.pk}&clinician=all"
        return HttpResponseRedirect(reverse("scheduling:calendar") + query)
    record(request.viewer, "appointment.viewed", found, client_id=found.client_id)
    return part(request, "scheduling/card.html", **_context(request, found))


def _context(
    request: Request, found: Appointment, *, problem: str = "", split: SplitForm | None = None
) -> dict[str, Any]:
    shown = card(request.viewer, found)
    payers = shown.who_pays.splittable
    return {
        "card": shown,
        "rights": shown.rights,
        "problem": problem,
        "split": split or SplitForm(None, payers=payers, prefix="split"),
        "conflicts": [spoken_conflict(request.viewer, each) for each in shown.conflicts],
        "create_invoice": _url("invoices:create_for_charge", charge_id=found.pk) if shown.can_invoice else "",
        "add_payment": _url("payments:new") if "may_pay" in shown.rights else "",
        "change_fee": _change_fee(shown),
        "invoices": [(_url("invoices:invoice", invoice_id=key), name) for key, name in shown.who_pays.invoices],
    }


def _change_fee(shown: Card) -> str:
    """Return where the fee of what is invoiced is changed, by who may delete its invoices."""
    if not shown.who_pays.invoices or "may_void" not in shown.rights:
        return ""
    return _url("overview:change_fee", appointment_id=shown.appointment.pk)


def _url(name: str, **values: Any) -> str:
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return ""


def _again(request: Request, appointment_id: UUID, problem: str = "", split: SplitForm | None = None) -> HttpResponse:
    """Answer with the card as it stands now; with a problem, nothing was changed."""
    context = _context(request, appointment_for(request.viewer, appointment_id), problem=problem, split=split)
    if problem or split:
        return part(request, "scheduling/_card.html", status=422, **context)
    return changed_part(request, "scheduling/_card.html", **context)


def set_status(request: Request, appointment_id: UUID) -> HttpResponse:
    """Say with one click what became of an appointment."""
    found = appointment_for(request.viewer, appointment_id)
    form = StatusForm(request.POST)
    if not form.is_valid():
        raise Invalid(status="There is no such status.")
    fields = {"status": form.cleaned_data["status"]}
    try:
        change_appointment(request.viewer, appointment=found, fields=fields, version=form.cleaned_data["version"])
    except Conflict as refused:
        return _again(request, appointment_id, refused.sentence)
    return _again(request, appointment_id)


def set_payer(request: Request, appointment_id: UUID) -> HttpResponse:
    """Choose with one click who pays for this appointment; without a payer, the arrangement decides again."""
    charge = _charge(request, appointment_id)
    form = PayerForm(request.POST)
    if not form.is_valid():
        raise Invalid(payer=_first_problem(form))
    try:
        if form.cleaned_data["payer"]:
            rule = read_override(form.rule())
            set_override(request.viewer, charge=charge, rule=rule, note=form.cleaned_data["note"])
        else:
            clear_override(request.viewer, charge=charge)
    except (Conflict, Invalid) as refused:
        return _again(request, appointment_id, refused.sentence)
    return _again(request, appointment_id)


def split_payer(request: Request, appointment_id: UUID) -> HttpResponse:
    """Split this appointment by percent."""
    charge = _charge(request, appointment_id)
    payers = who_pays(appointment_for(request.viewer, appointment_id)).splittable
    form = SplitForm(request.POST, payers=payers, prefix="split")
    if not form.is_valid():
        return _again(request, appointment_id, split=form)
    try:
        set_override(request.viewer, charge=charge, rule=read_override(form.rule()), note=form.cleaned_data["note"])
    except (Conflict, Invalid) as refused:
        return _again(request, appointment_id, refused.sentence)
    return _again(request, appointment_id)


def _charge(request: Request, appointment_id: UUID) -> Charge:
    found = appointment_for(request.viewer, appointment_id)
    require(request.viewer, Action.WHO_PAYS_CHANGE, found.client_id)
    charge = Charge.objects.filter(pk=found.pk, client_id=found.client_id).first()
    if charge is None:
        raise Unknown
    return charge


def _first_problem(form: Form) -> str:
    return next(str(sentences[0]) for sentences in form.errors.values())


def move(request: Request, appointment_id: UUID) -> HttpResponse:
    """Move or resize an appointment with the mouse, or it and the rest of its series; answers the script."""
    try:
        found = appointment_for(request.viewer, appointment_id)
        form = MoveForm(request.POST)
        if not form.is_valid():
            return refused_json(Invalid(start=_first_problem(form)))
        after = change_appointment(
            request.viewer,
            appointment=found,
            fields=form.fields_changed(request.viewer),
            scope=form.cleaned_data["scope"] or ONE,
            version=form.cleaned_data["version"],
        )
    except Refused as refused:
        return refused_json(refused)
    told = [spoken_conflict(request.viewer, each) for each in conflicts_of(request.viewer, after)]
    return JsonResponse({"version": after.version, "conflicts": told})


def remove(request: Request, appointment_id: UUID) -> HttpResponse:
    """Ask which of a series to remove, and take it out of the calendar."""
    found = appointment_for(request.viewer, appointment_id)
    if not found.may_edit:  # type: ignore[attr-defined]
        raise Forbidden
    form = RemoveForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            times = remove_appointment(request.viewer, appointment=found, scope=form.cleaned_data["scope"] or ONE)
            return changed(request, "Removed." if times == 1 else f"{times} appointments removed.")
        except Conflict as refused:
            problem = refused.sentence
    context = {"card": card(request.viewer, found), "form": form, "problem": problem}
    return part(request, "scheduling/remove.html", status=422 if problem or form.errors else 200, **context)

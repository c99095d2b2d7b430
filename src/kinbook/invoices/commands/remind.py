"""Reminding payers of their own overdue invoices: one letter a payer, by hand or on the practice's schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kinbook.access.actions import Action
from kinbook.access.models import PortalOpen
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.queries.language import language_of
from kinbook.invoices.models import Delivery, DeliveryKind
from kinbook.invoices.queries.mailing import overdue_invoices, pauses, reminded_on, steps_due
from kinbook.invoices.queries.terms import pause_of
from kinbook.mail.commands import write_letter
from kinbook.papers.spoken import spoken_cash, spoken_date
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.models import Party
from kinbook.people.queries import roots, same_person
from kinbook.people.queries.mailbox import own_address
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from kinbook.invoices.models import Invoice
    from kinbook.mail.models import Letter
    from kinbook.tenancy.viewer import Viewer

MORNING = 9
"""Reminders on schedule go out from this hour of the practice's day on: nobody is written to at night."""


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """An overdue invoice as the letter names it: nothing of a client, nothing of anybody else."""

    number: str
    due_on: str
    due: str


@transaction.atomic
def remind_payer(viewer: Viewer, *, party: Party) -> Letter:
    """Write to a payer of their overdue invoices, by hand.

    Conflict where nothing is overdue, reminders are paused, or one went today; Invalid without an address.
    """
    require(viewer, Action.INVOICE_SEND)
    lock_in_order([party.pk])
    mine = same_person(party.pk)
    invoices = list(overdue_invoices(viewer, mine).order_by("due_on", "number"))
    if not invoices:
        raise Conflict(f"Nothing of {party.name} is overdue that you may send.")
    pause = pause_of(party.pk, viewer.today)
    if pause:
        raise Conflict(f"Reminders to {party.name} are paused: {pause.reason}")
    if reminded_on(viewer, {party.pk: invoices}).get(party.pk) == viewer.today:
        raise Conflict(f"{party.name} was reminded today already.")
    letter = _write(viewer, party, invoices, {})
    record(viewer, "payer.reminded", party, name=party.name, invoices=len(invoices), steps=[])
    return letter


@transaction.atomic
def remind_on_schedule(viewer: Viewer, *, party_id: UUID) -> Letter | None:
    """Write to a payer whose overdue invoices have reached a step of the schedule; None where none has any more."""
    require(viewer, Action.INVOICE_SEND)
    lock_in_order([party_id])
    days = Practice.objects.values_list("overdue_days", flat=True).get(pk=viewer.practice_id)
    invoices = list(overdue_invoices(viewer, same_person(party_id)).order_by("due_on", "number"))
    due = steps_due(viewer, days, same_person(party_id))
    steps = {each.pk: due[each.pk] for each in invoices if each.pk in due}
    if not steps or pause_of(party_id, viewer.today) or not own_address(party_id):
        return None
    party = Party.objects.get(pk=party_id)
    letter = _write(viewer, party, invoices, steps)
    told = sorted(set(steps.values()))
    record(viewer, "payer.reminded", party, name=party.name, invoices=len(invoices), steps=told)
    return letter


@transaction.atomic
def payers_to_remind(viewer: Viewer) -> list[UUID] | None:
    """Return whom the schedule would have written to this morning; None before it, and once it was gone through."""
    require(viewer, Action.INVOICE_SEND)
    practice = Practice.objects.get(pk=viewer.practice_id)
    early = viewer.now.astimezone(viewer.zone).hour < MORNING
    if not practice.overdue_days or early or practice.reminded_on == viewer.today:
        return None
    due = steps_due(viewer, practice.overdue_days)
    found = overdue_invoices(viewer).filter(pk__in=list(due)).values_list("payer_id", flat=True)
    payers = {party.pk for party in roots(found).values()}
    waiting = sorted(payers - set(pauses(payers, viewer.today)))
    record(viewer, "reminders.gone_through", payers=len(waiting))
    return waiting


@transaction.atomic
def mark_reminded(viewer: Viewer) -> None:
    """Note that today's overdue invoices were gone through."""
    require(viewer, Action.INVOICE_SEND)
    marked = Practice.objects.filter(pk=viewer.practice_id).exclude(reminded_on=viewer.today)
    if marked.update(reminded_on=viewer.today):
        record(viewer, "reminders.done", on=str(viewer.today))


def _write(viewer: Viewer, party: Party, invoices: Sequence[Invoice], steps: Mapping[UUID, int]) -> Letter:
    """Write the letter and note with each invoice that it was told of; the steps are those of the schedule."""
    address = own_address(party.pk)
    if not address:
        raise Invalid(payer=f"{party.name} has no e-mail that may be written to: call, or add one.")
    with translation.override(language_of(viewer, party.pk)):
        letter = write_letter(
            viewer,
            to=address,
            template="overdue",
            values={"name": party.short_name, "invoices": _lines(viewer, invoices)},
            links=_portal_link(party),
            party_id=party.pk,
        )
    for each in invoices:
        Delivery.objects.create(
            practice_id=viewer.practice_id,
            invoice=each,
            letter=letter,
            kind=DeliveryKind.REMINDER,
            step=steps.get(each.pk),
            sent_at=viewer.now,
            sent_by=viewer.name,
        )
    return letter


def _portal_link(party: Party) -> dict[str, str]:
    """Return the link to the payer's own invoices, where the portal shows them any."""
    opened = PortalOpen.objects.filter(party_id=party.pk, billing_documents=True).exists()
    return {_("See them in the client portal"): "/portal/billing/"} if opened else {}


def _lines(viewer: Viewer, invoices: Sequence[Invoice]) -> list[OverdueLine]:
    return [
        OverdueLine(each.name, spoken_date(each.due_on), spoken_cash(each.standing.due_cents, viewer.currency))
        for each in invoices
    ]

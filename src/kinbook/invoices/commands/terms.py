"""What an organization wants of its invoices, and pausing a payer's reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.invoices.models import ClientNamed, PayerTerms, ReminderPause
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import same_person
from kinbook.tenancy.refused import Conflict, Invalid, refuse_wrong

if TYPE_CHECKING:
    from datetime import date

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

LONGEST_REFERENCE = 100
LONGEST_REASON = 500


@transaction.atomic
def set_terms(
    viewer: Viewer,
    *,
    party: Party,
    one_invoice: bool,
    clients_named: str,
    reference: str,
    version: int | None = None,
) -> PayerTerms:
    """Say how an organization wants its invoices from now on; issued ones stay as they are. Invalid for a person."""
    require(viewer, Action.BILLING_SETTINGS)
    if not party.is_organization:
        raise Invalid(one_invoice="Only an organization has terms: a family chooses its grouping when it is invoiced.")
    _check(clients_named, reference)
    lock_in_order([party.pk])
    terms = PayerTerms.objects.filter(party=party).first() or PayerTerms(practice_id=viewer.practice_id, party=party)
    if version is not None and version != terms.version:
        raise Conflict("This has changed since you looked at it. Nothing was changed: look again, then decide.")
    after = {"one_invoice": one_invoice, "clients_named": clients_named, "reference": _plain(reference)}
    before = {name: getattr(terms, name) for name in after}
    for name, value in after.items():
        setattr(terms, name, value)
    if not terms._state.adding:
        terms.version += 1
    terms.save()
    record(viewer, "payer.terms_set", party, name=party.name, changed=changes(before, after))
    return terms


def _check(clients_named: str, reference: str) -> None:
    problems = {
        "clients_named": (clients_named not in ClientNamed.values, f"One of: {', '.join(ClientNamed.values)}."),
        "reference": (len(reference) > LONGEST_REFERENCE, f"At most {LONGEST_REFERENCE} characters."),
    }
    refuse_wrong(problems)


def _plain(text: str) -> str:
    return " ".join("".join(letter for letter in text if letter >= " ").split())


@transaction.atomic
def pause_reminders(viewer: Viewer, *, party: Party, reason: str, until: date | None = None) -> ReminderPause:
    """Remind a payer of nothing until a day, or until somebody says otherwise; says who and why."""
    require(viewer, Action.INVOICE_SEND)
    told = _plain(reason)
    if not told or len(told) > LONGEST_REASON:
        raise Invalid(reason=f"Say why, in at most {LONGEST_REASON} characters.")
    if until and until <= viewer.today:
        raise Invalid(until="Reminders go on after today: choose a later day, or none.")
    lock_in_order([party.pk])
    ReminderPause.objects.filter(party_id__in=same_person(party.pk)).delete()
    pause = ReminderPause.objects.create(
        practice_id=viewer.practice_id, party=party, reason=told, until=until, set_by=viewer.name, set_at=viewer.now
    )
    record(viewer, "reminders.paused", party, name=party.name, reason=told, until=str(until or ""))
    return pause


@transaction.atomic
def resume_reminders(viewer: Viewer, *, party: Party) -> None:
    """Remind a payer again; Conflict where nothing is paused."""
    require(viewer, Action.INVOICE_SEND)
    lock_in_order([party.pk])
    gone, _ = ReminderPause.objects.filter(party_id__in=same_person(party.pk)).delete()
    if not gone:
        raise Conflict("Reminders are not paused.")
    record(viewer, "reminders.resumed", party, name=party.name)

"""Overrides: one charge's own payer or split, with who set it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.commands.slots import give_slots
from kinbook.people.queries import lock_clients
from kinbook.rules.arrangement import ByAmount, ByPercent, Single
from kinbook.rules.facts import PayerKind
from kinbook.rules.reading import Unreadable, read_rule, write_rule
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Invalid
from kinbook.whopays.commands.arrange import Agreement, require_payers
from kinbook.whopays.commands.charges import free, refuse_if_invoiced
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Charge, Override
from kinbook.whopays.queries.facts import load_rows, payers_of

if TYPE_CHECKING:
    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer

LONGEST_NOTE = 500


def read_override(rule: Any) -> Rule:
    """Return the rule of an override: one payer, percents or amounts; raises Invalid."""
    read = read_uncapped(rule)
    if not isinstance(read.method, (Single, ByPercent, ByAmount)):
        raise Invalid(rule="One charge can have one payer, a split by percent or a split by amounts.")
    return read


def read_uncapped(rule: Any) -> Rule:
    """Return a rule for what is given by hand: caps belong to arrangements, which count them; raises Invalid."""
    try:
        read = read_rule(rule)
    except Unreadable as unclear:
        raise Invalid(rule=str(unclear)) from None
    if read.caps:
        raise Invalid(rule="Caps belong to an arrangement: leave them out here.")
    return read


@transaction.atomic
def set_override(viewer: Viewer, *, charge: Charge, rule: Rule, note: str = "") -> None:
    """Give one charge its own payer or split; Conflict where it stands on a live invoice."""
    require(viewer, Action.WHO_PAYS_CHANGE, charge.client_id)
    lock_clients([charge.client_id])
    note = clean_note(note)
    refuse_unfit(viewer, charge, rule)
    free([charge.pk])
    Override.objects.filter(charge=charge).delete()
    add_override(viewer, charge, rule, note)
    rewrite_forecast(viewer, [charge.client_id])
    record(
        viewer,
        "override.set",
        charge,
        client_id=charge.client_id,
        rule=write_rule(rule),
        note=note,
        on=str(charge.on_date),
    )


def clean_note(note: str) -> str:
    """Return a note without what cannot be stored; raises Invalid where it is too long."""
    text = note.replace("\x00", "").strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(note=f"At most {LONGEST_NOTE} characters.")
    return text


def add_override(viewer: Viewer, charge: Charge, rule: Rule, note: str) -> None:
    """Store an override; part of a command that has asked whether the viewer may."""
    Override.objects.create(
        practice_id=viewer.practice_id,
        charge=charge,
        rule=write_rule(rule),
        note=note,
        set_by=viewer.name,
        set_at=viewer.now,
    )
    give_slots(viewer, client_id=charge.client_id, party_ids=[UUID(payer) for payer in rule.payers])


def refuse_unfit(viewer: Viewer, charge: Charge, rule: Rule) -> None:
    """Refuse an override of an invoiced charge, by somebody who cannot pay, or that tells a guardian."""
    refuse_if_invoiced([charge.pk])
    require_payers(charge.client_id, Agreement(rule))
    if charge.confidential and not Practice.objects.get(pk=viewer.practice_id).guardians_pay_confidential:
        payers = payers_of(charge.client_id, load_rows([charge.client_id]))
        if any(payers[payer].kind is PayerKind.CONTACT for payer in rule.payers):
            raise Invalid(rule="Confidential to the client: choose the client or an organization.")


@transaction.atomic
def clear_override(viewer: Viewer, *, charge: Charge) -> None:
    """Take an override away: the arrangement decides again."""
    require(viewer, Action.WHO_PAYS_CHANGE, charge.client_id)
    lock_clients([charge.client_id])
    refuse_if_invoiced([charge.pk])
    free([charge.pk])
    Override.objects.filter(charge=charge).delete()
    rewrite_forecast(viewer, [charge.client_id])
    record(viewer, "override.cleared", charge, client_id=charge.client_id)

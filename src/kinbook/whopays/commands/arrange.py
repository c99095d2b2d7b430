"""Setting and ending arrangements: who pays for a client from a date on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.commands.slots import give_slots, give_slots_to_many
from kinbook.people.queries import lock_clients
from kinbook.practice.models import Service
from kinbook.rules.arrangement import Arrangement, ExceptionRule, Rule, Single
from kinbook.rules.periods import Period, spoken_day
from kinbook.rules.placing import Swallows, ended, place, predecessor
from kinbook.rules.reading import (
    Unreadable,
    read_exception,
    read_rule,
    write_exception,
    write_rule,
)
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays import models
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.queries.facts import read_arrangement
from kinbook.whopays.queries.payers import possible_payers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed, before it is placed among a client's arrangements."""

    rule: Rule
    starts_on: date | None = None
    until: date | None = None
    exceptions: tuple[ExceptionRule, ...] = field(default=())
    carry_over: bool = False


def read_agreement(
    rule: Any,
    *,
    starts_on: date | None,
    until: date | None = None,
    exceptions: Sequence[Any] = (),
    carry_over: bool = False,
) -> Agreement:
    """Return the agreement that a form or program describes; raises Invalid beside the field."""
    try:
        read = read_rule(rule)
    except Unreadable as unclear:
        raise Invalid(rule=str(unclear)) from None
    try:
        apart = tuple(read_exception(each) for each in exceptions)
    except Unreadable as unclear:
        raise Invalid(exceptions=str(unclear)) from None
    if starts_on and until and until <= starts_on:
        raise Invalid(until="An arrangement ends after the day it begins.")
    return Agreement(read, starts_on, until, apart, carry_over)


@transaction.atomic
def set_arrangement(viewer: Viewer, *, client_id: UUID, agreement: Agreement) -> models.Arrangement:
    """Let the agreement hold for the client: what it replaces, cuts or continues is in `rules.placing`.

    Raises Invalid for a payer who is not the client, a partner or a contact, and Conflict where a later arrangement
    would be swallowed. Fixed charges stay as they are.
    """
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    row = hold(viewer, client_id, agreement)
    record(
        viewer,
        "arrangement.set",
        row,
        client_id=client_id,
        starts_on=str(agreement.starts_on or ""),
        until=str(agreement.until or ""),
        rule=row.rule,
    )
    return row


def hold(viewer: Viewer, client_id: UUID, agreement: Agreement) -> models.Arrangement:
    """Place the agreement and forecast anew; part of a command that has asked whether the viewer may."""
    lock_clients([client_id])
    require_payers(client_id, agreement)
    known = arrangements_of(client_id)
    new = placed_value(agreement, known.values())
    try:
        placed = place(known.values(), new, rest_id=str(new_id()))
    except Swallows as blocked:
        raise Conflict(_in_the_way(blocked.later)) from None
    _store(viewer, client_id, known, placed)
    give_slots(viewer, client_id=client_id, party_ids=payers_named(agreement))
    rewrite_forecast(viewer, [client_id])
    return models.Arrangement.objects.get(pk=UUID(new.id))


@transaction.atomic
def end_arrangement(viewer: Viewer, *, client_id: UUID, on: date) -> None:
    """Let the arrangement in force on a day end that day: from then on charges need a payer."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    end_on(viewer, client_id, on)
    record(viewer, "arrangement.ended", client_id=client_id, on=str(on))


def end_on(viewer: Viewer, client_id: UUID, on: date) -> None:
    """End the arrangement in force on a day and forecast anew; part of a command that has asked."""
    lock_clients([client_id])
    known = arrangements_of(client_id)
    _store(viewer, client_id, known, ended(known.values(), on))
    rewrite_forecast(viewer, [client_id])


def arrangements_of(client_id: UUID) -> dict[str, Arrangement]:
    """Return a client's arrangements as values, by id."""
    rows = models.Arrangement.objects.filter(client_id=client_id)
    return {str(row.pk): read_arrangement(row) for row in rows}


def placed_value(agreement: Agreement, known: Iterable[Arrangement]) -> Arrangement:
    """Return the agreement as an arrangement with an id, carrying on the counts of the one before where it says so."""
    made = str(new_id())
    before = predecessor(known, agreement.starts_on) if agreement.carry_over else None
    return Arrangement(
        made,
        Period(agreement.starts_on, agreement.until),
        agreement.rule,
        agreement.exceptions,
        (before.counts_with or before.id) if before else made,
    )


def payers_named(agreement: Agreement) -> list[UUID]:
    """Return everyone the agreement may bill, in list order."""
    rules = (agreement.rule, *(exception.rule for exception in agreement.exceptions))
    return [UUID(payer) for payer in dict.fromkeys(payer for rule in rules for payer in rule.payers)]


def require_payers(client_id: UUID, agreement: Agreement) -> None:
    """Refuse payers who are not the client, a partner or a contact, and services that do not exist."""
    possible = {str(each) for each in possible_payers(client_id)}
    rules = (agreement.rule, *(exception.rule for exception in agreement.exceptions))
    if not {payer for rule in rules for payer in rule.payers} <= possible:
        raise Invalid(rule="A payer is the client, a partner, or a contact of the client: add the contact first.")
    services = {exception.service for exception in agreement.exceptions if exception.service}
    try:
        named = Service.objects.filter(pk__in=[UUID(each) for each in services]).values_list("pk", flat=True)
    except ValueError:
        named = Service.objects.none().values_list("pk", flat=True)
    if services != {str(each) for each in named}:
        raise Invalid(exceptions="One of the exceptions names a service that does not exist.")


def _in_the_way(later: Arrangement) -> str:
    start = later.period.starts_on
    return (
        f"An arrangement begins on {spoken_day(start) if start else 'no date'} already. Nothing was changed: "
        "give an end date on or before it, or change that one."
    )


def _store(viewer: Viewer, client_id: UUID, known: dict[str, Arrangement], placed: list[Arrangement]) -> None:
    """Write the difference: ranges never overlap in between, since removals and cuts come first."""
    kept = {each.id: each for each in placed}
    models.Arrangement.objects.filter(pk__in=[each for each in known if each not in kept]).delete()
    for each in placed:
        before = known.get(each.id)
        if before and before.period != each.period:
            models.Arrangement.objects.filter(pk=each.id).update(until=each.period.until)
    add_arrangements(viewer, [(client_id, each) for each in placed if each.id not in known])


def pay_from_the_beginning(viewer: Viewer, payers: Sequence[tuple[UUID, UUID]]) -> None:
    """Let one payer each owe all for clients just entered, from the beginning; they have no charges yet."""
    singles = []
    for client_id, party_id in payers:
        made = str(new_id())
        singles.append((client_id, Arrangement(made, Period(), Rule(Single(str(party_id))), (), made)))
    add_arrangements(viewer, singles)
    give_slots_to_many(viewer, [(client_id, [party_id]) for client_id, party_id in payers])


ARRANGEMENT = (
    "id",
    "practice_id",
    "client_id",
    "starts_on",
    "until",
    "rule",
    "exceptions",
    "counts_with",
    "set_by",
    "set_at",
)
PAYER = ("id", "practice_id", "arrangement_id", "client_id", "party_id", "by_default_rule")


def add_arrangements(viewer: Viewer, placed: Sequence[tuple[UUID, Arrangement]]) -> None:
    """Write arrangements that have found their place, each with everyone it may bill."""
    practice = viewer.practice_id
    rows = [
        (
            UUID(each.id),
            practice,
            client_id,
            each.period.starts_on,
            each.period.until,
            write_rule(each.default),
            [write_exception(exception) for exception in each.exceptions],
            UUID(each.counts_with),
            viewer.name,
            viewer.now,
        )
        for client_id, each in placed
    ]
    insert_rows(models.Arrangement, ARRANGEMENT, rows)
    payers = [
        (new_id(), practice, UUID(each.id), client_id, UUID(payer), payer in each.default.payers)
        for client_id, each in placed
        for payer in dict.fromkeys(payer for rule in each.rules for payer in rule.payers)
    ]
    insert_rows(models.ArrangementPayer, PAYER, payers)

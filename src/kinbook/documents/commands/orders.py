"""Court orders on file: what an order says of who bears a child's expenses, and how a client's papers are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.models import CourtOrder, OrderParty
from kinbook.people.queries import locked_client
from kinbook.practice.commands import clean
from kinbook.rules.money import WHOLE
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.whopays.queries.payers import possible_payers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody an order names: as it names them, who that is on file, and their hundredths of a percent."""

    name: str
    percent: int
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What an order says; it is in force from a local date, `until` is the first day it is not."""

    ordered_on: date
    court: str
    starts_on: date
    proof_days: int
    named: Sequence[Named]
    number: str = ""
    until: date | None = None
    note: str = ""


@transaction.atomic
def file_order(viewer: Viewer, *, client_id: UUID, draft: OrderDraft) -> CourtOrder:
    """Put an order on file; one that is in force by then is over the day this one begins."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    client = locked_client(client_id)
    named = _read(client, draft)
    before = CourtOrder.objects.filter(client=client, until=None, starts_on__lt=draft.starts_on)
    before.update(until=draft.starts_on)
    try:
        with transaction.atomic():
            order = CourtOrder.objects.create(
                practice_id=viewer.practice_id,
                client=client,
                ordered_on=draft.ordered_on,
                court=clean(draft.court),
                number=clean(draft.number),
                starts_on=draft.starts_on,
                until=draft.until,
                proof_days=draft.proof_days,
                note=clean(draft.note, longest=2000, lines=True),
                entered_at=viewer.now,
                entered_by=viewer.name,
            )
    except IntegrityError:
        raise Conflict("Another order is in force in these dates: end that one first, or take it off file.") from None
    OrderParty.objects.bulk_create(
        OrderParty(
            practice_id=viewer.practice_id,
            order=order,
            party_id=each.party_id,
            name=clean(each.name),
            percent=each.percent,
            position=position,
        )
        for position, each in enumerate(named)
    )
    record(viewer, "order.filed", order, client_id=client_id, starts_on=str(draft.starts_on), named=len(named))
    return order


def _read(client: Client, draft: OrderDraft) -> list[Named]:
    named = [each for each in draft.named if clean(each.name)]
    known = set(possible_payers(client.pk))
    problems = {
        "court": (not clean(draft.court), "Enter the court."),
        "proof_days": (not 1 <= draft.proof_days <= 365, "Between 1 and 365 days."),
        "until": (draft.until is not None and draft.until <= draft.starts_on, "It ends after it begins."),
        "ordered_on": (draft.ordered_on.year < 1950, "Enter the date of the order."),
        "named": (
            sum(each.percent for each in named) != WHOLE or any(not 0 <= each.percent <= WHOLE for each in named),
            "The percentages add up to 100.",
        ),
    }
    found = {name: sentence for name, (wrong, sentence) in problems.items() if wrong}
    people = [each.party_id for each in named if each.party_id]
    if not people or not set(people) <= known or len(set(people)) != len(people):
        found.setdefault("named", "Choose for at least one name which contact that is, each contact once.")
    if found:
        raise Invalid(**found)
    return named


@transaction.atomic
def end_order(viewer: Viewer, *, client_id: UUID, order_id: UUID, until: date) -> CourtOrder:
    """Let an order be over; `until` is the first day it is not in force."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    order = _locked(client_id, order_id)
    if until <= order.starts_on:
        raise Invalid(until="It ends after it begins: take it off file if it was entered by mistake.")
    order.until = until
    order.save()
    record(viewer, "order.ended", order, client_id=client_id, until=str(until))
    return order


@transaction.atomic
def unfile_order(viewer: Viewer, *, client_id: UUID, order_id: UUID) -> None:
    """Take an order off file that was entered by mistake; proofs that were made keep what it said."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    order = _locked(client_id, order_id)
    record(viewer, "order.unfiled", order, client_id=client_id, court=order.court, number=order.number)
    order.delete()


def _locked(client_id: UUID, order_id: UUID) -> CourtOrder:
    found = CourtOrder.objects.select_for_update().filter(client_id=client_id, pk=order_id).first()
    if found is None:
        raise Unknown
    return found


@transaction.atomic
def show_full_fee(viewer: Viewer, *, client_id: UUID, shows: bool) -> None:
    """Let a client's papers tell the whole fee beside each payer's share, or not; papers that were made stay."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    client = locked_client(client_id)
    client.shows_full_fee = shows
    client.save(update_fields=["shows_full_fee"])
    record(viewer, "client.full_fee_changed", client, client_id=client_id, shows=shows)

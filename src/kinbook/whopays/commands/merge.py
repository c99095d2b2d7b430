"""Merging two entries of one person: both ids stay, one stands for both, and it can be undone until something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.audit.record import record
from kinbook.ledger.balances import is_booked_since
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.models import Client, Contact, Partner, Party
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import ArrangementPayer

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def merge_people(viewer: Viewer, *, party: Party, into: Party) -> None:
    """Let `into` stand for `party` too; refused for two contacts of one client, and for two clients.

    Nothing is rewritten but forecasts: invoices and the journal keep the id they named, and every reading goes
    through the one that stands for both.
    """
    require(viewer, Action.PEOPLE_MERGE)
    around, both = clients_around(party.pk), clients_around(into.pk)
    _require_edit_of(viewer, around | both)
    lock_in_order([party.pk, into.pk])
    party.refresh_from_db()
    into.refresh_from_db()
    _refuse_unlike(party, into)
    if around & both:
        name = Client.objects.select_related("party").get(pk=min(around & both)).name
        raise Conflict(
            f"Both are contacts of {name}. Nothing was changed: remove one of the two there first; two payers of one "
            "client cannot be merged."
        )
    moment = viewer.now
    Party.objects.filter(merged_into=party).update(merged_into=into, merged_at=moment)
    Party.objects.filter(pk=party.pk).update(merged_into=into, merged_at=moment, version=F("version") + 1)
    rewrite_forecast(viewer, around | both)
    record(viewer, "person.merged", party, into=str(into.pk), name=party.name)


def _refuse_unlike(party: Party, into: Party) -> None:
    if party.pk == into.pk:
        raise Invalid(into="Choose the other entry of this person.")
    if party.is_organization != into.is_organization:
        raise Invalid(into="A person and an organization cannot be one.")
    if party.merged_into_id or into.merged_into_id:
        raise Conflict("One of the two is merged already. Nothing was changed.")
    if Client.objects.filter(party=party.pk).exists():
        raise Conflict("A client's own entry stays: merge the other one into it. Two clients cannot be merged.")


def clients_around(party_id: UUID) -> set[UUID]:
    """Return the clients a person is tied to: as contact, partner or client."""
    return {
        *Contact.objects.filter(party_id=party_id).values_list("client_id", flat=True),
        *Partner.objects.filter(party_id=party_id).values_list("client_id", flat=True),
        *Client.objects.filter(party_id=party_id).values_list("pk", flat=True),
    }


def _require_edit_of(viewer: Viewer, client_ids: set[UUID]) -> None:
    """Refuse who may not edit everyone around both."""
    reach = clients_in_reach(viewer, Action.PEOPLE_MERGE, "pk")
    if Client.objects.filter(Q(pk__in=client_ids) & reach).count() != len(client_ids):
        raise Forbidden("They belong to clients you may not edit. Nothing was changed.")


@transaction.atomic
def separate_people(viewer: Viewer, *, party: Party) -> None:
    """Undo a merge: refused once something new was booked on the person who stands for both."""
    require(viewer, Action.PEOPLE_MERGE)
    party.refresh_from_db()
    into, moment = party.merged_into_id, party.merged_at
    if into is None or moment is None:
        raise Conflict("This person is not merged.")
    around = clients_around(party.pk) | clients_around(into)
    _require_edit_of(viewer, around)
    lock_in_order([party.pk, into])
    newer = ArrangementPayer.objects.filter(party_id=into, arrangement__set_at__gt=moment)
    if newer.exists() or is_booked_since(into, moment):
        raise Conflict("Something was booked on them since they were merged. They stay one person.")
    Party.objects.filter(pk=party.pk).update(merged_into=None, merged_at=None, version=F("version") + 1)
    rewrite_forecast(viewer, around)
    record(viewer, "person.separated", party, name=party.name)

"""The list to be completed: a minor who came without a contact becomes a client with one, or is taken off the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange.commands.writing import complete_many
from kinbook.exchange.models import Held, HeldState
from kinbook.exchange.planning.cleaning import clean_person, is_under_age
from kinbook.exchange.planning.plan import clinicians
from kinbook.exchange.reading.keeping import record_of
from kinbook.people.commands.clean import PersonDraft
from kinbook.people.commands.clients import ClientDraft
from kinbook.people.models import Client, ClientStatus, ClientType
from kinbook.people.queries import folded
from kinbook.tenancy.refused import Conflict, Unknown
from kinbook.whopays.commands.responsible import add_client

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.commands.clients import ContactDraft
    from kinbook.tenancy.viewer import Viewer

SETTLED = "{name} does not wait any more. Nothing was changed: look at the list again."
HERE = (
    "{name}, born on the same day, is a client already. Nothing was added: add the contact there, and take this one "
    "off the list."
)


@transaction.atomic
def complete_held(viewer: Viewer, *, held_id: UUID, contact: ContactDraft) -> Client:
    """Let a minor who waits become a client with this contact; raises Conflict where somebody was quicker."""
    require(viewer, Action.IMPORT)
    held = _locked(held_id, HeldState.WAITING)
    if held.born and Client.objects.filter(party__sort_name=held.sort_name, party__date_of_birth=held.born).exists():
        raise Conflict(HERE.format(name=held.name))
    client = add_client(viewer, draft=_draft(viewer, held, contact))
    if client.party_id:
        complete_many(viewer, [(held.pk, client.party_id, client.pk)])
    record(viewer, "held.completed", held, client_id=client.pk, name=held.name)
    return client


def _draft(viewer: Viewer, held: Held, contact: ContactDraft) -> ClientDraft:
    told = record_of(held.told, held.line)
    clean = clean_person(told.person, viewer.today, [])
    columns = {name: value for name, value in clean.columns.items() if name in PersonDraft.__slots__}
    person = PersonDraft(**columns, emails=clean.emails, phones=tuple(phone for _, phone in clean.phones))
    has_grown_up = clean.born is not None and not is_under_age(clean.born, viewer.today)
    return ClientDraft(
        type=ClientType.ADULT if has_grown_up else ClientType.MINOR,
        person=person,
        contacts=(contact,),
        status=told.status or ClientStatus.ACTIVE,
        clinician_id=clinicians(viewer).get(" ".join(folded(told.clinician).replace(",", " ").split())),
    )


@transaction.atomic
def drop_held(viewer: Viewer, *, held_id: UUID) -> Held:
    """Take somebody off the list: loaded again, they stay off it."""
    require(viewer, Action.IMPORT)
    held = _settle(viewer, _locked(held_id, HeldState.WAITING), HeldState.DROPPED)
    record(viewer, "held.dropped", held, name=held.name)
    return held


@transaction.atomic
def restore_held(viewer: Viewer, *, held_id: UUID) -> Held:
    """Put somebody back on the list."""
    require(viewer, Action.IMPORT)
    held = _settle(viewer, _locked(held_id, HeldState.DROPPED), HeldState.WAITING)
    record(viewer, "held.restored", held, name=held.name)
    return held


def _settle(viewer: Viewer, held: Held, state: HeldState) -> Held:
    is_settled = state is not HeldState.WAITING
    held.state = state
    held.settled_at = viewer.now if is_settled else None
    held.settled_by = viewer.name if is_settled else ""
    held.save()
    return held


def _locked(held_id: UUID, state: HeldState) -> Held:
    held = Held.objects.select_for_update(of=("self",)).filter(pk=held_id).first()
    if held is None:
        raise Unknown
    if held.state != state:
        raise Conflict(SETTLED.format(name=held.name))
    return held

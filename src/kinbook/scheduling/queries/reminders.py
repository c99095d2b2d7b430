"""Appointments that people are to be reminded of, and whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models.functions import Lower

from kinbook.people.models import ClientStatus, Email, Partner
from kinbook.people.queries import links_of
from kinbook.scheduling.models import Appointment, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.people.queries import Link
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 200
"""So many appointments are done in one transaction."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be reminded, and where; `is_client` where the appointment is their own."""

    party: Party
    address: str
    is_client: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """An appointment ahead, with everybody who is to be told of it: perhaps nobody."""

    appointment: Appointment
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class _Addresses:
    """By party, where mail may be sent first; and how many parties share an address."""

    first: Mapping[UUID, str]
    shared: frozenset[str]

    def alone(self, party_id: UUID) -> str:
        """Return a party's address if it is nobody else's."""
        address = self.first.get(party_id, "")
        return "" if address.lower() in self.shared else address


def due_reminders(viewer: Viewer, hours: int) -> list[Reminder]:
    """Return what begins within so many hours and nobody was told of yet, locked, with whom to tell."""
    due = (
        Appointment.objects.filter(
            status=Status.SCHEDULED,
            reminded_at=None,
            starts_at__gt=viewer.now,
            starts_at__lte=viewer.now + timedelta(hours=hours),
        )
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("client__party", "location")
        .order_by("starts_at", "pk")
    )
    appointments = list(due[:AT_ONCE])
    clients = {each.client_id for each in appointments}
    links = links_of(clients)
    own = _own_parties(appointments)
    addresses = _addresses([*_ids(own.values()), *(link.party.pk for each in links.values() for link in each)])
    return [
        Reminder(each, _recipients(each, own[each.client_id], links.get(each.client_id, []), addresses))
        for each in appointments
    ]


def _ids(several: Iterable[list[Party]]) -> list[UUID]:
    return [party.pk for parties in several for party in parties]


def _own_parties(appointments: Sequence[Appointment]) -> dict[UUID, list[Party]]:
    """Return for each client the person it is, or the two partners."""
    own: dict[UUID, list[Party]] = defaultdict(list)
    for client in {each.client_id: each.client for each in appointments}.values():
        if client.party:
            own[client.pk] = [client.party]
    couples = [each.client_id for each in appointments if each.client.is_couple]
    partners = Partner.objects.filter(client_id__in=couples).select_related("party").order_by("client_id", "position")
    for partner in partners:
        own[partner.client_id].append(partner.party)
    return own


def _addresses(party_ids: Sequence[UUID]) -> _Addresses:
    first: dict[UUID, str] = {}
    rows = Email.objects.filter(party_id__in=party_ids, may_email=True).order_by("party_id", "position", "pk")
    for party_id, address in rows.values_list("party_id", "address"):
        first.setdefault(party_id, address)
    holders: dict[str, set[UUID]] = defaultdict(set)
    used = Email.objects.annotate(folded=Lower("address")).filter(
        folded__in={address.lower() for address in first.values()}
    )
    for address, party_id in used.values_list("folded", "party_id"):
        holders[address].add(party_id)
    return _Addresses(first, frozenset(address for address, parties in holders.items() if len(parties) > 1))


def _recipients(
    appointment: Appointment, own: list[Party], links: Sequence[Link], addresses: _Addresses
) -> tuple[Recipient, ...]:
    client = appointment.client
    if client.status == ClientStatus.ARCHIVED:
        return ()
    # what is confidential, and what is a minor's, goes to a mailbox that nobody else opens
    guarded = appointment.confidential or client.is_minor
    where = addresses.alone if guarded else lambda party_id: addresses.first.get(party_id, "")
    told = [Recipient(party, where(party.pk), is_client=True) for party in own if client.reminders]
    if not appointment.confidential:
        told += [
            Recipient(link.party, addresses.first.get(link.party.pk, ""), is_client=False)
            for link in links
            if link.contact.reminders and _holds(link, appointment)
        ]
    by_address = {each.address.lower(): each for each in reversed(told) if each.address}
    return tuple(reversed(by_address.values()))


def _holds(link: Link, appointment: Appointment) -> bool:
    start, until, day = link.contact.starts_on, link.contact.until, appointment.on_date
    return (start is None or start <= day) and (until is None or day < until)

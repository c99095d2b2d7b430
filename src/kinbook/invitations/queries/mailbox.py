"""One mailbox, one person: whose portal an address opens, and why somebody has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import Coalesce, Lower

from kinbook.access.models import PortalOpen
from kinbook.invitations.models import Guest
from kinbook.people.models import Client, ClientType, Email, Party, PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The address that opens somebody's portal; or why there is none."""

    address: str = ""
    problem: str = ""


def mailboxes_of(parties: Iterable[Party]) -> dict[UUID, Mailbox]:
    """Return each person's mailbox, by their id; in three statements however many they are."""
    people = list(parties)
    first: dict[UUID, str] = {}
    rows = Email.objects.filter(party__in=people, may_email=True).order_by("position", "pk")
    for party_id, address in rows.values_list("party_id", "address"):
        first.setdefault(party_id, address)
    wanted = {address.lower() for address in first.values()}
    users: dict[str, list[Party]] = {}
    others = Email.objects.annotate(low=Lower("address")).filter(low__in=wanted).select_related("party__merged_into")
    for row in others:
        users.setdefault(row.address.lower(), []).append(row.party.merged_into or row.party)
    minors = minors_of({each.pk for each in people} | {each.pk for found in users.values() for each in found})
    return {
        each.pk: _mailbox(each, first.get(each.pk, ""), users.get(first.get(each.pk, "").lower(), []), minors)
        for each in people
    }


def minors_of(party_ids: Iterable[UUID]) -> set[UUID]:
    """Return who of these people is a minor in care."""
    found = Client.objects.filter(party_id__in=set(party_ids), type=ClientType.MINOR)
    return {party_id for party_id in found.values_list("party_id", flat=True) if party_id}


def _mailbox(party: Party, address: str, users: list[Party], minors: set[UUID]) -> Mailbox:
    if not address:
        return Mailbox(problem=f"{party.short_name} has no e-mail that may be written to. Add one first.")
    mine = party.merged_into_id or party.pk
    others = [each for each in users if each.pk != mine]
    if not others:
        return Mailbox(address)
    if party.pk in minors:
        return Mailbox(
            problem=f"{address} is also {others[0].name}’s. A minor’s portal must be the minor’s own: enter an "
            "address that nobody else reads."
        )
    if person_at(address) == mine:
        return Mailbox(address)
    return Mailbox(
        problem=f"{address} is also {others[0].name}’s, and one mailbox opens the portal of one person. "
        f"{party.short_name} gets none until they have an address of their own."
    )


def person_at(address: str) -> UUID | None:
    """Return whose portal an address opens: one person's.

    Of several who share it, it is whoever it has opened already, else whoever was entered first and has something
    open; never a minor, whose mailbox must be theirs alone.
    """
    found = Email.objects.filter(address__iexact=address, party__kind=PartyKind.PERSON)
    ids = set(found.annotate(who=Coalesce(F("party__merged_into_id"), F("party_id"))).values_list("who", flat=True))
    if len(ids) < 2:
        return next(iter(ids), None)
    ids -= minors_of(ids)
    guest = Guest.objects.filter(party_id__in=ids, address__iexact=address).values_list("party_id", flat=True).first()
    opened = set(PortalOpen.objects.filter(party_id__in=ids).values_list("party_id", flat=True))
    return guest or min(opened or ids, default=None)

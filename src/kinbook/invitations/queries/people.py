"""Who around a client has the portal, or could: how far they are, through which mailbox, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.matrix import Scope
from kinbook.access.models import PortalGrant, PortalGuardian, PortalOpen, PortalSuspension
from kinbook.access.policy import may, reach
from kinbook.invitations.models import FLAGS, Guest, PortalSetting
from kinbook.invitations.queries.mailbox import Mailbox, mailboxes_of
from kinbook.people.models import Contact, Party, PartyKind
from kinbook.tenancy.models import Practice, holds_on
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PortalPerson:
    """One person and their portal for one client; `is_past_age` where the client, of age, says whether they keep it."""

    party: Party
    relation: str
    grant: PortalGrant | None
    guest: Guest | None
    suspension: PortalSuspension | None
    mailbox: Mailbox
    is_open: bool
    is_past_age: bool

    @property
    def stands(self) -> UUID:
        """The id that signs in: of whoever stands for them, where they were merged."""
        return self.party.merged_into_id or self.party.pk

    @property
    def kept_from(self) -> date | None:
        """Since when they keep their access by the word of the client, who is of age."""
        return self.grant.kept_from if self.grant and self.is_past_age else None

    @property
    def flags(self) -> list[str]:
        """What their access holds; empty without access."""
        if self.grant is None or not self.grant.access:
            return []
        return [flag for flag in FLAGS if getattr(self.grant, flag)]

    @property
    def state(self) -> str:
        """How far they are: suspended, signed_in, invited, open or none."""
        if self.suspension:
            return "suspended"
        if not self.is_open:
            return "none"
        if self.guest and self.guest.signed_in_at:
            return "signed_in"
        return "invited" if self.guest and self.guest.invited_at else "open"


def portal_people(viewer: Viewer, client: Client) -> list[PortalPerson]:
    """Return the client themselves, then partners and contacts who are people; organizations have no portal."""
    around = _around(viewer, client)
    ids = [party.pk for party, _ in around]
    grants = {each.party_id: each for each in PortalGrant.objects.filter(client=client, party_id__in=ids)}
    stands = [party.merged_into_id or party.pk for party, _ in around]
    guests = {each.party_id: each for each in Guest.objects.filter(party_id__in=stands)}
    suspended = PortalSuspension.objects.filter(client=client, party_id__in=ids, lifted_at=None)
    suspensions = {each.party_id: each for each in suspended}
    opened = set(PortalOpen.objects.filter(client=client, party_id__in=stands).values_list("party_id", flat=True))
    past_age = set(PortalGuardian.objects.filter(client=client).values_list("party_id", flat=True))
    mailboxes = mailboxes_of(party for party, _ in around)
    return [
        PortalPerson(
            party=party,
            relation=relation,
            grant=grants.get(party.pk),
            guest=guests.get(party.merged_into_id or party.pk),
            suspension=suspensions.get(party.pk),
            mailbox=mailboxes[party.pk],
            is_open=(party.merged_into_id or party.pk) in opened,
            is_past_age=party.pk in past_age,
        )
        for party, relation in around
    ]


def _around(viewer: Viewer, client: Client) -> list[tuple[Party, str]]:
    found: list[tuple[Party, str]] = [(client.party, "client")] if client.party else []
    found += [(each.party, "partner") for each in client.partners.select_related("party").order_by("position")]
    links = Contact.objects.filter(holds_on(viewer.today) | Q(starts_on__gt=viewer.today), client=client)
    links = links.filter(party__kind=PartyKind.PERSON).select_related("party").order_by("position", "pk")
    return found + [(each.party, str(each.get_relationship_display()).lower()) for each in links]


def portal_person(viewer: Viewer, client: Client, party_id: UUID) -> PortalPerson:
    """Return one of them."""
    found = next((each for each in portal_people(viewer, client) if party_id in {each.party.pk, each.stands}), None)
    if found is None:
        raise Unknown
    return found


def portal_setting(viewer: Viewer) -> PortalSetting:
    """Return how the practice keeps its portal; the defaults where nothing was chosen."""
    found = PortalSetting.objects.filter(practice_id=viewer.practice_id).first()
    return found or PortalSetting(practice_id=viewer.practice_id)


def flags_for_new(viewer: Viewer) -> dict[str, bool]:
    """Return what somebody gets who is let into the portal, unless said otherwise."""
    setting, practice = portal_setting(viewer), Practice.objects.get(pk=viewer.practice_id)
    own = {name: getattr(setting, name) for name in FLAGS if name != "messages"}
    return {"messages": practice.messages_on and practice.messages_for_new, **own}


def may_view_as(viewer: Viewer, party_id: UUID) -> bool:
    """Tell whether a member may look at somebody's portal: they may open every client who is open there."""
    found = PortalOpen.objects.filter(party_id=party_id).values_list("client_id", flat=True)
    clients = list(found)
    return bool(clients) and all(may(viewer, Action.CLIENT_OPEN, client_id) for client_id in clients)


def sees_bills_as(viewer: Viewer) -> bool:
    """Tell whether a member who views as somebody sees their money: it may be owed for any client."""
    return Scope.ALL in reach(viewer, Action.AMOUNTS_SEE)


def has_come_in(party_id: UUID | None) -> bool:
    """Tell whether a person has signed in through their mailbox: until then it may not be theirs alone."""
    return party_id is not None and Guest.objects.filter(party_id=party_id, signed_in_at__isnull=False).exists()

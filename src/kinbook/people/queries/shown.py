"""What the screens of people show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, Restriction
from kinbook.access.policy import Rights, clients_in_reach, may
from kinbook.people.models import Client, Contact, Email, Party, Phone
from kinbook.people.queries.finding import links_of, matching, parties_visible_to, words_of
from kinbook.people.queries.marks import mark, party_of
from kinbook.team.queries import clinicians_to_be
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.people.queries.finding import Link
    from kinbook.team.models import Member
    from kinbook.tenancy.viewer import Viewer

MOST = 12


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another minor who shares a person as contact."""

    id: UUID
    party: Party
    age: int | None


@dataclass(frozen=True, slots=True)
class ClientHead:
    """What stands above every page of a client."""

    client: Client
    age: int | None
    clinician: str
    siblings: list[Sibling]
    rights: Rights
    is_restricted: bool = False
    may_see_diagnoses: bool = False

    @property
    def badge(self) -> str:
        """Type and age: "Minor · 9"."""
        kind = str(self.client.get_type_display())
        return f"{kind} · {self.age}" if self.age is not None else kind

    @property
    def may_edit(self) -> bool:
        """Tell whether the Edit button leads anywhere."""
        return self.rights.may(Action.CLIENT_EDIT) or self.rights.may(Action.CONTACT_EDIT)

    @property
    def may_see_money(self) -> bool:
        """Tell whether amounts are shown."""
        return self.rights.may(Action.AMOUNTS_SEE)

    @property
    def may_see_messages(self) -> bool:
        """Tell whether any conversation about the client is shown."""
        return self.rights.may(Action.MESSAGES_SEE)


def client_head(viewer: Viewer, client_id: UUID) -> ClientHead:
    """Return a client the viewer may open, with what stands above its pages, in one query; raises Unknown."""
    today = viewer.today
    primary = Assignment.objects.filter(holds_on(today), client_id=client_id, is_primary=True)
    closed = Restriction.objects.filter(holds_on(today), client_id=client_id)
    linked = Contact.objects.filter(party__kind="person", party__links__client_id=client_id)
    beside = linked.exclude(client_id=client_id).values("client_id")
    siblings = Client.objects.visible_to(viewer).filter(pk__in=beside, type="minor").order_by("party__date_of_birth")
    treated = Client.objects.filter(clients_in_reach(viewer, Action.CLINICAL_SEE, "pk"), pk=OuterRef("pk"))
    names = JSONObject(title="member__title", first="member__first_name", last="member__last_name")
    siblings_json = JSONObject(id="pk", born="party__date_of_birth", mark=mark("party_id"))
    found: Any = (
        Client.objects.visible_to(viewer)
        .filter(pk=client_id)
        .select_related("party")
        .annotate(
            seen_by=Subquery(primary.values(json=names)[:1]),
            is_restricted=Exists(closed),
            is_treated=Exists(treated),
            beside=ArraySubquery(siblings.values(json=siblings_json)[:MOST]),
        )
        .first()
    )
    if found is None:
        raise Unknown
    seen_by = found.seen_by or {}
    return ClientHead(
        client=found,
        age=found.party.age_on(today) if found.party else None,
        clinician=" ".join(seen_by[part] for part in ("title", "first", "last") if seen_by.get(part)),
        siblings=[_sibling(each, today) for each in found.beside],
        rights=Rights(viewer, client_id),
        is_restricted=found.is_restricted,
        may_see_diagnoses=found.is_treated,
    )


def _sibling(found: dict[str, Any], today: date) -> Sibling:
    party = party_of(found["mark"])
    party.date_of_birth = date.fromisoformat(found["born"]) if found["born"] else None
    return Sibling(UUID(found["id"]), party, party.age_on(today))


def reach_of(party: Party) -> tuple[list[Email], list[Phone]]:
    """Return a party's e-mails and phones, in their order."""
    return (
        list(Email.objects.filter(party=party).order_by("position", "pk")),
        list(Phone.objects.filter(party=party).order_by("position", "pk")),
    )


@dataclass(frozen=True, slots=True)
class ClinicianRow:
    """A member, and how they have the client; `may_treat` where they can be the primary clinician."""

    member: Member
    is_primary: bool
    is_shared: bool
    may_treat: bool


def clinicians_of(viewer: Viewer, client: Client, members: Sequence[Member]) -> list[ClinicianRow]:
    """Return every member with how they have the client today."""
    held = dict(
        Assignment.objects.filter(holds_on(viewer.today), client_id=client.pk).values_list("member_id", "is_primary")
    )
    treat = set(clinicians_to_be(viewer).values_list("pk", flat=True))
    return [
        ClinicianRow(each, held.get(each.pk) is True, held.get(each.pk) is False, each.pk in treat) for each in members
    ]


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """Somebody who can be told of appointments ahead."""

    key: str
    party: Party
    relation: str
    address: str
    is_told: bool


def reminder_rows(viewer: Viewer, client: Client) -> list[ReminderRow]:
    """Return the client and its contacts of today, with where a reminder would go."""
    links = current_links(viewer, client)
    own = [client.party] if client.party else []
    ids = [party.pk for party in own] + [link.party.pk for link in links]
    first: dict[UUID, str] = {}
    for party_id, address in (
        Email.objects.filter(party_id__in=ids, may_email=True)
        .order_by("party_id", "position")
        .values_list("party_id", "address")
    ):
        first.setdefault(party_id, address)
    told = [ReminderRow("own", party, "client", first.get(party.pk, ""), client.reminders) for party in own]
    return [
        *told,
        *(
            ReminderRow(
                str(link.contact.pk),
                link.party,
                link.contact.get_relationship_display().lower(),
                first.get(link.party.pk, ""),
                link.contact.reminders,
            )
            for link in links
        ),
    ]


def current_links(viewer: Viewer, client: Client) -> list[Link]:
    """Return the client's contacts who have not ended."""
    today = viewer.today
    links = links_of([client.pk]).get(client.pk, [])
    return [link for link in links if link.contact.until is None or link.contact.until > today]


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A client that a party is a contact of."""

    client: Client
    contact: Contact
    has_ended: bool


@dataclass(frozen=True, slots=True)
class PartyPage:
    """A person or organization with everything the viewer may see around them."""

    party: Party
    stands_for: Party | None
    emails: list[Email]
    phones: list[Phone]
    links: list[LinkShown]
    own_client: Client | None
    merged: list[Party]
    may_edit: bool
    may_merge: bool


def party_page(viewer: Viewer, party: Party) -> PartyPage:
    """Return a party's page."""
    emails, phones = reach_of(party)
    seen = Client.objects.visible_to(viewer)
    links = Contact.objects.filter(party=party, client__in=seen).select_related("client__party")
    own = seen.filter(party=party).select_related("party").first()
    return PartyPage(
        party=party,
        stands_for=party.merged_into,
        emails=emails,
        phones=phones,
        links=[
            LinkShown(each.client, each, each.until is not None and each.until <= viewer.today)
            for each in links.order_by("client__sort_name")
        ],
        own_client=own,
        merged=list(Party.objects.filter(merged_into=party).order_by("created_at")),
        may_edit=may(viewer, Action.CONTACT_EDIT),
        may_merge=may(viewer, Action.PEOPLE_MERGE) and not party.is_organization,
    )


def search_parties(viewer: Viewer, text: str) -> list[tuple[Party, str]]:
    """Return people and organizations that match what is typed, with what they are to the practice."""
    words = words_of(text)
    if not words or max(map(len, words)) < 2:
        return []
    rows = parties_visible_to(viewer).filter(matching(words, "pk"), merged_into=None).order_by("sort_name", "pk")[:MOST]
    found = list(rows)
    seen = Client.objects.visible_to(viewer)
    clients = dict(seen.filter(party__in=found).values_list("party_id", "type"))
    links: dict[UUID, list[str]] = {}
    known = Contact.objects.filter(party__in=found, client__in=seen).select_related("client__party")
    for contact in known.order_by("pk"):
        links.setdefault(contact.party_id, []).append(f"{contact.get_relationship_display()} of {contact.client.name}")
    return [
        (party, "Client" if party.pk in clients else ", ".join(links.get(party.pk, [])[:2]) or "Contact")
        for party in found
    ]

"""The list of clients, page by page, in a fixed number of queries whatever the size of the practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Min, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.models import Assignment
from kinbook.access.policy import clients_in_reach, reach, reaches_all
from kinbook.ledger.balances import client_balances
from kinbook.people.models import Client, ClientStatus, Contact, Partner, Party
from kinbook.people.queries import links_of, matching, words_of
from kinbook.scheduling.models import Appointment, Status
from kinbook.tenancy.models import holds_on
from kinbook.whopays.queries.payers import responsible_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from kinbook.people.queries import Link
    from kinbook.tenancy.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; the empty value does not narrow."""

    search: str = ""
    status: str = ClientStatus.ACTIVE
    type: str = ""
    clinician: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact in the list: who it is, and whether it pays."""

    party: Party
    pays: bool


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One line of the list."""

    client: Client
    age: int | None
    contacts: list[ContactShown]
    next_appointment: datetime | None
    balance_cents: int | None
    may_open: bool


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A page of the list, and how to get the next."""

    rows: list[ClientRow]
    next: str


def client_page(viewer: Viewer, filters: Filters) -> ClientPage:
    """Return one page of clients by name; a search walks the index of words, so that its cost does not grow."""
    found = list(_chosen(viewer, filters)[: PAGE + 1])
    shown = found[:PAGE]
    more = cursor_of(shown[-1]) if len(found) > PAGE else ""
    ids = [client.pk for client in shown]
    open_ids = _open_ids(viewer, ids)
    links = links_of(ids)
    pays = responsible_on(ids, viewer.today)
    upcoming = _next_appointments(viewer, ids)
    balances = client_balances(ids) if reach(viewer, Action.AMOUNTS_SEE) else {}
    sees_money = _sees_money(viewer, ids)
    return ClientPage(
        [
            ClientRow(
                client=client,
                age=client.party.age_on(viewer.today) if client.party else None,
                contacts=_contacts(links.get(client.pk, []), pays.get(client.pk, []), viewer)
                if client.pk in open_ids
                else [],
                next_appointment=upcoming.get(client.pk) if client.pk in open_ids else None,
                balance_cents=balances.get(client.pk, 0) if client.pk in sees_money else None,
                may_open=client.pk in open_ids,
            )
            for client in shown
        ],
        more,
    )


def _chosen(viewer: Viewer, filters: Filters) -> QuerySet[Client]:
    rows = Client.objects.listed_to(viewer).select_related("party")
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.type:
        rows = rows.filter(type=filters.type)
    if filters.clinician:
        own = Assignment.objects.filter(holds_on(viewer.today), member_id=filters.clinician)
        rows = rows.filter(pk__in=own.values("client_id"))
    words = words_of(filters.search)
    if words:
        couple = Partner.objects.filter(matching(words), client_id=OuterRef("pk"))
        rows = rows.filter(matching(words) | Q(Exists(couple)))
    if filters.cursor:
        rows = rows.filter(_after(filters.cursor))
    return rows.order_by("sort_name", "pk")


def _after(cursor: str) -> Q:
    """Return the condition that a row comes after a cursor; a made-up one begins the list anew."""
    name, _, key = cursor.replace("\x00", "").rpartition("~")
    try:
        last = UUID(key)
    except ValueError:
        return Q()
    return Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=last)


def cursor_of(client: Client) -> str:
    """Return where the next page begins: after this client."""
    return f"{client.sort_name}~{client.pk}"


def _open_ids(viewer: Viewer, ids: Sequence[UUID]) -> set[UUID]:
    if reaches_all(viewer, Action.CLIENT_OPEN):
        return set(ids)
    return set(Client.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def _sees_money(viewer: Viewer, ids: Sequence[UUID]) -> set[UUID]:
    if reaches_all(viewer, Action.AMOUNTS_SEE):
        return set(ids)
    if not reach(viewer, Action.AMOUNTS_SEE):
        return set()
    seen = Client.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE, "pk"), pk__in=ids)
    return set(seen.values_list("pk", flat=True))


def _next_appointments(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = Appointment.objects.filter(client_id__in=ids, starts_at__gte=viewer.now, status=Status.SCHEDULED)
    return dict(rows.values_list("client_id").annotate(first=Min("starts_at")))


def _contacts(links: Sequence[Link], pays: Sequence[UUID], viewer: Viewer) -> list[ContactShown]:
    today = viewer.today
    return [
        ContactShown(link.party, link.party.pk in pays)
        for link in links
        if link.contact.until is None or link.contact.until > today
    ]


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One line of the list of contacts: a person, of which clients, how."""

    party: Party
    email: str
    phone: str
    clients: list[tuple[Client, str]]


def contact_page(viewer: Viewer, filters: Filters) -> tuple[list[ContactRow], str]:
    """Return one page of contacts by name, with the clients they belong to, and where the next begins."""
    links = Contact.objects.filter(clients_in_reach(viewer, Action.CLIENT_OPEN), holds_on(viewer.today))
    rows = Party.objects.filter(pk__in=links.values("party_id"), merged_into=None)
    words = words_of(filters.search)
    if words:
        rows = rows.filter(matching(words, "pk"))
    if filters.cursor:
        rows = rows.filter(_after(filters.cursor))
    found = list(rows.order_by("sort_name", "pk")[: PAGE + 1])
    shown = found[:PAGE]
    told = links.filter(party_id__in=[party.pk for party in shown]).select_related("client__party")
    by_party: dict[UUID, list[tuple[Client, str]]] = {}
    for link in told.order_by("party_id", "position"):
        by_party.setdefault(link.party_id, []).append((link.client, link.get_relationship_display()))
    reachable = ways_to_reach([party.pk for party in shown])
    more = f"{shown[-1].sort_name}~{shown[-1].pk}" if len(found) > PAGE else ""
    return [ContactRow(party, *reachable.get(party.pk, ("", "")), by_party.get(party.pk, [])) for party in shown], more


FIRST = """
SELECT party.id,
  (SELECT address FROM people_email WHERE practice_id = party.practice_id AND party_id = party.id
   ORDER BY position LIMIT 1),
  (SELECT number FROM people_phone WHERE practice_id = party.practice_id AND party_id = party.id
   ORDER BY position LIMIT 1)
FROM people_party AS party WHERE party.id = ANY(%s)
"""


def ways_to_reach(party_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return each party's first e-mail and first phone."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [list(party_ids)])
        rows: list[Any] = cursor.fetchall()
    return {party_id: (email or "", phone or "") for party_id, email, phone in rows}

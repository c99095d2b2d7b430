"""Clients: entered, listed, read and changed."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Query, Router
from pydantic import Field

from kinbook.access.actions import Action
from kinbook.access.models import Assignment
from kinbook.access.policy import require
from kinbook.api.client_forms import ClientBody, ClientChange, Status, Type
from kinbook.api.client_shapes import ClientShown, shown
from kinbook.api.fields import Id
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, page_of
from kinbook.api.rule import ArrangementBody
from kinbook.audit.record import record
from kinbook.people.commands.clean import PersonDraft
from kinbook.people.commands.clients import change_client as change
from kinbook.people.commands.parties import change_person, lock_in_order
from kinbook.people.commands.reach import change_addresses, change_portal, emails_of, phones_of
from kinbook.people.models import Client, Partner, Party, SearchWord
from kinbook.people.queries import client_for, lock_clients, matching, words_of
from kinbook.team.commands.clients import assign_clinicians
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.arrange import Agreement
from kinbook.whopays.commands.responsible import add_client

router = Router(tags=["Clients"], by_alias=True)


class ClientsAsked(Asked):
    """Which clients are wanted."""

    search: str = Field("", max_length=200, description="Words their names, e-mail or phone begin with.")
    type: Type | None = None
    status: Status | None = None
    clinician_id: Id | None = None


@router.post("/clients", response={201: ClientShown})
def create_client(request: Request, body: ClientBody) -> ClientShown:
    """Add a client with contacts or partners, and who pays from the beginning.

    Without `arrangement` one contact or partner ticked as responsible pays, and an adult pays for themselves.
    """
    arrangement = body.arrangement
    agreement = None if arrangement is None else _asking(body, arrangement)
    made = add_client(request.viewer, draft=body.draft(), agreement=agreement)
    return shown(request.viewer, [made])[0]


def _asking(body: ClientBody, arrangement: ArrangementBody) -> Callable[[Sequence[UUID]], Agreement]:
    def agreement(parties: Sequence[UUID]) -> Agreement:
        kind = "partner" if body.type == "couple" else "contact"
        count = len(body.partners or ()) if body.type == "couple" else len(body.contacts or ())
        named = {f"{kind}:{place}": party for place, party in enumerate(parties[:count])}
        if body.type != "couple":
            named["client"] = parties[-1]
        return arrangement.agreement(named=named)

    return agreement


@router.get("/clients", response=Page[ClientShown])
def list_clients(request: Request, asked: Query[ClientsAsked]) -> Page[ClientShown]:
    """Clients by name."""
    require(request.viewer, Action.CLIENT_LIST)
    found, more = page_of(_chosen(request.viewer, asked), asked, "sort_name", "pk")
    filters = {name: bool(getattr(asked, name)) for name in ("search", "type", "status", "clinician_id")}
    record(request.viewer, "clients.listed", count=len(found), filters=filters)
    return Page[ClientShown](items=shown(request.viewer, found), next=more)


def _chosen(viewer: Viewer, asked: ClientsAsked) -> QuerySet[Client]:
    rows: QuerySet[Client] = Client.objects.listed_to(viewer).select_related("party")
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.type:
        rows = rows.filter(type=asked.type)
    if asked.clinician_id:
        if not Member.objects.filter(pk=asked.clinician_id).exists():
            raise Unknown
        own = Assignment.objects.filter(holds_on(viewer.today), member_id=asked.clinician_id)
        rows = rows.filter(pk__in=own.values("client_id"))
    return _searched(rows, asked.search) if asked.search else rows


def _searched(rows: QuerySet[Client], search: str) -> QuerySet[Client]:
    """Walk the words that begin with the longest one typed, and ask for the others."""
    words = words_of(search)
    if not words:
        return rows.none()
    first = max(words, key=len)
    hits = SearchWord.objects.filter(word__gte=first, word__lt=first + chr(0x10FFFF)).values("party_id")
    others = matching([word for word in words if word != first], "party_id")
    partners = Partner.objects.filter(others, party_id__in=hits).values("client_id")
    return rows.filter(Q(pk__in=rows.filter(others, party_id__in=hits).values("pk")) | Q(pk__in=partners))


@router.get("/clients/{client_id}", response=ClientShown)
def read_client(request: Request, client_id: Id) -> ClientShown:
    """One client, with contacts, what is due and who pays today."""
    client = client_for(request.viewer, client_id)
    record(request.viewer, "client.viewed", client, client_id=client.pk)
    return shown(request.viewer, [client])[0]


@router.patch("/clients/{client_id}", response=ClientShown)
def change_client(request: Request, client_id: Id, body: ClientChange) -> ClientShown:
    """Change a client; what is left out stays."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    lock_clients([client.pk])
    if client.party_id:
        lock_in_order([client.party_id])
    client = client_for(viewer, client_id)
    require_match(request, shown(viewer, [client])[0])
    _change_person(viewer, client, body)
    if body.given & {"type", "status"}:
        change(viewer, client_id=client.pk, type=body.type, status=body.status)
    if "primary_clinician_id" in body.given:
        _assign(viewer, client, body.primary_clinician_id)
    if body.portal is not None:
        if client.party is None:
            raise Invalid(portal="A couple has no portal of its own: each partner has theirs.")
        change_portal(viewer, client=client, party=client.party, flags=body.portal.flags())
    return shown(viewer, [client_for(viewer, client_id)])[0]


def _change_person(viewer: Viewer, client: Client, body: ClientChange) -> None:
    own = {"first_name", "last_name", "goes_by", "date_of_birth", "email", "phone"} & body.given
    if not own:
        return
    if client.party is None:
        raise Invalid(**dict.fromkeys(sorted(own), "A couple has no names of its own: change its partners."))
    email = (body.email or "") if "email" in own else None
    phone = (body.phone or "") if "phone" in own else None
    if email is not None or phone is not None:
        change_addresses(viewer, party=client.party, client_id=client.pk, email=email, phone=phone)
    named = {name: getattr(body, name) for name in own - {"email", "phone"}}
    if named:
        change_person(viewer, party=client.party, draft=draft_of(client.party, **named))


def draft_of(party: Party, **named: object) -> PersonDraft:
    """Return a person as they would be entered, with some fields changed; null is empty."""
    texts = ("first_name", "last_name", "goes_by", "street", "city", "region", "postal_code", "country")
    fields = {name: getattr(party, name) for name in (*texts, "date_of_birth", "deceased_on")}
    fields |= {name: "" if value is None and name in texts else value for name, value in named.items()}
    return PersonDraft(**fields, emails=tuple(emails_of(party)), phones=tuple(phones_of(party)))


def _assign(viewer: Viewer, client: Client, primary_id: UUID | None) -> None:
    """Let the client have another primary clinician from today; those it is shared with stay."""
    current = Assignment.objects.filter(client_id=client.pk, until=None, is_primary=False)
    shared = [each for each in current.values_list("member_id", flat=True) if each != primary_id]
    try:
        assign_clinicians(viewer, client_id=client.pk, primary_id=primary_id, shared_ids=shared)
    except Invalid as wrong:
        raise Invalid(primary_clinician_id=wrong.sentence) from None

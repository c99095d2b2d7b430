"""New client: one page for the client, its contacts or partners, and who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.models import PortalGrant
from kinbook.access.policy import require
from kinbook.invitations.queries.people import flags_for_new
from kinbook.people.models import ClientStatus, ClientType
from kinbook.people.queries import party_for
from kinbook.team.queries import clinicians_to_be
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, page, part
from kinbook.whopays.commands.arrange import read_agreement
from kinbook.whopays.commands.responsible import add_client
from kinbook.whopays.forms.chooser import Choice, Chooser, fresh, kept, read_chooser
from kinbook.whopays.forms.contact import ContactForm
from kinbook.whopays.forms.new_client import (
    NewClientForm,
    PartnerForm,
    contact_forms,
    partner_forms,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse, QueryDict

    from kinbook.web.request import Request
    from kinbook.whopays.commands.arrange import Agreement


def new_client(request: Request) -> HttpResponse:
    """Enter a client."""
    require(request.viewer, Action.CLIENT_CREATE)
    data = request.POST if request.method == "POST" else None
    form = NewClientForm(
        data,
        clinicians=_clinicians(request),
        initial={"type": request.GET.get("type", ClientType.MINOR), "status": ClientStatus.ACTIVE},
    )
    initial = {"legal_guardian": True, **flags_for_new(request.viewer)}
    contacts = contact_forms(data) or ([] if data else [ContactForm(prefix="contact-0", initial=initial)])
    partners = partner_forms(data)
    _recognise(request, contacts)
    problem = ""
    if data is not None and _all_valid(form, contacts, partners):
        try:
            client = _save(request, form, contacts, partners)
            return done(request, _after(client), "The client is entered.")
        except Invalid as refused:
            problem = refused.problems.get("rule", "") or refused.problems.get("arrangement", "")
            _show(refused, form, contacts, partners)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return page(
        request,
        "whopays/new_client.html",
        form=form,
        contacts=contacts,
        partners=partners,
        blank=ContactForm(prefix="contact-__n__", initial=initial),
        chooser=_chooser(request, form, contacts, partners),
        problem=problem,
        status=200 if data is None else 422,
    )


def _after(client_id: UUID) -> str:
    """Return where to go on: to the invitations, where somebody was given the portal."""
    invited = PortalGrant.objects.filter(client_id=client_id, access=True).exists()
    return reverse("invitations:people" if invited else "overview:client", args=[client_id])


def _clinicians(request: Request) -> list[tuple[str, str]]:
    members = clinicians_to_be(request.viewer).order_by("last_name", "first_name")
    return [(str(member.pk), member.name) for member in members]


def _recognise(request: Request, contacts: list[ContactForm]) -> None:
    """Fetch those contacts that are known people already."""
    for contact in contacts:
        if contact.is_bound and contact.data.get(contact.add_prefix("party")):
            try:
                contact.known = party_for(request.viewer, UUID(contact.data[contact.add_prefix("party")]))
            except (Unknown, ValueError):
                contact.known = None


def _all_valid(form: NewClientForm, contacts: list[ContactForm], partners: list[PartnerForm]) -> bool:
    if not form.is_valid():
        return False
    others: Sequence[ContactForm | PartnerForm] = partners if form.is_couple else contacts
    return all(each.is_valid() for each in others)  # every form shows its errors, not the first one only


def _save(request: Request, form: NewClientForm, contacts: list[ContactForm], partners: list[PartnerForm]) -> UUID:
    draft = form.draft(contacts, partners)
    agreement = None
    if len(_responsible(form, contacts, partners)) > 1:
        if "mode" not in request.POST:
            raise Invalid(arrangement="Two are responsible for billing: choose how they share, below.")
        agreement = _agreement(request.POST, len(partners if form.is_couple else contacts))
    return add_client(request.viewer, draft=draft, agreement=agreement).pk


def _responsible(
    form: NewClientForm, contacts: list[ContactForm], partners: list[PartnerForm]
) -> list[ContactForm | PartnerForm]:
    is_couple = form.data.get("type") == ClientType.COUPLE
    rows: Sequence[ContactForm | PartnerForm] = partners if is_couple else contacts
    return [each for each in rows if each.data.get(each.add_prefix("responsible_for_billing"))]


def _agreement(data: QueryDict, count: int) -> Any:
    """Return what makes the agreement once the contacts have ids: in the form they are named by their place."""
    ids = [f"contact:{place}" for place in range(count)]
    rule = read_chooser(data, ids)

    def made(parties: Sequence[UUID]) -> Agreement:
        names = {name: str(party) for name, party in zip(ids, parties, strict=False)}
        return read_agreement(_renamed(rule, names), starts_on=None)

    return made


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(each, names) for key, each in value.items()}
    return value


def _show(refused: Invalid, form: NewClientForm, contacts: list[ContactForm], partners: list[PartnerForm]) -> None:
    """Put a refusal beside the field it speaks of, in whichever part of the page has it."""
    if set(refused.problems) & {"rule", "arrangement"}:
        return
    for each in (*contacts, *partners):
        if (
            each.is_bound
            and set(refused.problems) <= set(each.fields)
            and not set(refused.problems) <= set(form.fields)
        ):
            beside_fields(each, refused)
            return
    beside_fields(form, refused)


def _chooser(
    request: Request, form: NewClientForm, contacts: list[ContactForm], partners: list[PartnerForm]
) -> Chooser | None:
    """Return the chooser where two or more are ticked as responsible."""
    if not form.is_bound:
        return None
    is_couple = form.data.get("type") == ClientType.COUPLE
    rows: Sequence[ContactForm | PartnerForm] = partners if is_couple else contacts
    ticked = [place for place, each in enumerate(rows) if each.data.get(each.add_prefix("responsible_for_billing"))]
    if len(ticked) < 2:
        return None
    choices = [
        Choice(
            id=f"contact:{place}",
            name=each.called,
            initials=each.called[:2].upper(),
            slot=place % 6 + 1,
        )
        for place, each in enumerate(rows)
    ]
    proposed = fresh(choices, request.viewer.today, taking_part=[f"contact:{place}" for place in ticked])
    return kept(proposed, request.POST)


def who_pays_part(request: Request) -> HttpResponse:
    """The chooser for a new client, as its form stands: shown at once when two are responsible."""
    require(request.viewer, Action.CLIENT_CREATE)
    form = NewClientForm(request.POST, clinicians=_clinicians(request))
    contacts = contact_forms(request.POST)
    _recognise(request, contacts)
    chooser = _chooser(request, form, contacts, partner_forms(request.POST))
    return part(request, "whopays/_new_who_pays.html", chooser=chooser, problem="")


def choose_row(request: Request) -> HttpResponse:
    """The search by which a known person becomes a contact."""
    require(request.viewer, Action.CLIENT_LIST)
    return part(request, "whopays/_choose.html", place=request.GET.get("place", "0"))

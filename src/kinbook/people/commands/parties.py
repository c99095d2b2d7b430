"""People and organizations: how they are entered and changed, and the words they are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.people.commands.clean import (
    EmailDraft,
    PersonDraft,
    PhoneDraft,
    clean_email,
    clean_phone,
    digits_of,
    organization_columns,
    person_columns,
)
from kinbook.people.commands.listed import list_anew
from kinbook.people.commands.own_reach import require_own_reach_of
from kinbook.people.commands.words import index_words
from kinbook.people.models import (
    AddressType,
    Email,
    OrganizationKind,
    Party,
    PartyKind,
    Phone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def new_person(viewer: Viewer, draft: PersonDraft) -> Party:
    """Add a person; part of a command that has asked whether the viewer may."""
    party = Party(
        practice_id=viewer.practice_id,
        kind=PartyKind.PERSON,
        **person_columns(draft, viewer.today),
    )
    party.save(force_insert=True)
    set_emails(viewer, party, draft.emails)
    set_phones(viewer, party, draft.phones)
    index_words(viewer, [party])
    return party


def new_organization(viewer: Viewer, *, name: str, kind: str = OrganizationKind.OTHER, email: str = "") -> Party:
    """Add an organization; part of a command that has asked whether the viewer may."""
    columns = organization_columns(name, kind)
    party = Party(practice_id=viewer.practice_id, kind=PartyKind.ORGANIZATION, **columns)
    party.save(force_insert=True)
    if email:
        set_emails(viewer, party, [EmailDraft(email, AddressType.WORK)])
    index_words(viewer, [party])
    return party


@transaction.atomic
def add_organization(viewer: Viewer, *, name: str, kind: str = OrganizationKind.OTHER, email: str = "") -> Party:
    """Add an organization that can be a contact, a payer or a third party."""
    require(viewer, Action.CONTACT_EDIT)
    party = new_organization(viewer, name=name, kind=kind, email=email)
    record(viewer, "organization.added", party, name=party.name)
    return party


@transaction.atomic
def change_person(viewer: Viewer, *, party: Party, draft: PersonDraft, version: int | None = None) -> Party:
    """Change a person's names, birthday, address, e-mails and phones to what the draft says."""
    require_edit(viewer, party)
    locked = Party.objects.select_for_update().get(pk=party.pk)
    locked.require_version(version)
    columns = person_columns(draft, viewer.today)
    before = {name: getattr(locked, name) for name in columns}
    for name, value in columns.items():
        setattr(locked, name, value)
    locked.save()
    list_anew(locked)
    set_emails(viewer, locked, draft.emails)
    set_phones(viewer, locked, draft.phones)
    require_own_reach_of(locked)
    index_words(viewer, [locked])
    record(viewer, "person.changed", locked, changed=changes(before, columns))
    return locked


@transaction.atomic
def change_organization(
    viewer: Viewer,
    *,
    party: Party,
    name: str,
    emails: Sequence[EmailDraft] = (),
    phones: Sequence[PhoneDraft] = (),
    version: int | None = None,
) -> Party:
    """Change an organization's name and ways to reach it."""
    require(viewer, Action.CONTACT_EDIT)
    locked = Party.objects.select_for_update().get(pk=party.pk)
    locked.require_version(version)
    before = locked.last_name
    columns = organization_columns(name, locked.organization_kind)
    locked.last_name, locked.sort_name = columns["last_name"], columns["sort_name"]
    locked.save()
    set_emails(viewer, locked, emails)
    set_phones(viewer, locked, phones)
    index_words(viewer, [locked])
    record(viewer, "organization.changed", locked, changed=changes({"name": before}, {"name": locked.last_name}))
    return locked


def require_edit(viewer: Viewer, party: Party) -> None:
    """Refuse who may not edit the person: a client's own names take more than a contact's."""
    client = party.clients.first()
    if client:
        require(viewer, Action.CLIENT_EDIT, client.pk)
        return
    require(viewer, Action.CONTACT_EDIT)


def set_emails(viewer: Viewer, party: Party, drafts: Sequence[EmailDraft]) -> None:
    """Let the party have these addresses and no others, in this order."""
    cleaned = {each.address.lower(): each for each in map(clean_email, drafts)}
    Email.objects.filter(party=party).delete()
    Email.objects.bulk_create(
        Email(
            practice_id=viewer.practice_id,
            party=party,
            address=each.address,
            type=each.type,
            may_email=each.may_email,
            position=position,
        )
        for position, each in enumerate(cleaned.values())
    )


def set_phones(viewer: Viewer, party: Party, drafts: Sequence[PhoneDraft]) -> None:
    """Let the party have these numbers and no others, in this order."""
    country = "US"
    cleaned = {digits_of(each.number, country): each for each in map(clean_phone, drafts)}
    Phone.objects.filter(party=party).delete()
    Phone.objects.bulk_create(
        Phone(
            practice_id=viewer.practice_id,
            party=party,
            number=each.number,
            digits=digits,
            type=each.type,
            permission=each.permission,
            position=position,
        )
        for position, (digits, each) in enumerate(cleaned.items())
    )


def lock_in_order(party_ids: Iterable[UUID]) -> None:
    """Lock parties by id, after clients and before invoices: the one order of locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM people_party WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [sorted(set(party_ids))],
        )

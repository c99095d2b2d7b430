"""How somebody is reached, changed by itself: contact fields, which more members may edit than names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.commands.clean import EmailDraft, PhoneDraft
from kinbook.people.commands.clients import set_portal
from kinbook.people.commands.own_reach import require_own_reach_of
from kinbook.people.commands.parties import lock_in_order, set_emails, set_phones
from kinbook.people.commands.words import index_words
from kinbook.people.models import Email, Phone

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def change_addresses(
    viewer: Viewer, *, party: Party, client_id: UUID, email: str | None = None, phone: str | None = None
) -> None:
    """Change the first e-mail or phone of a client or contact; an empty one takes it away, None leaves it."""
    require(viewer, Action.CONTACT_EDIT, client_id)
    lock_in_order([party.pk])
    if email is not None:
        known = emails_of(party)
        first = [EmailDraft(email, *_uses(known, EmailDraft("")))] if email else []
        set_emails(viewer, party, [*first, *known[1:]])
    if phone is not None:
        numbers = phones_of(party)
        one = [PhoneDraft(phone, numbers[0].type, numbers[0].permission) if numbers else PhoneDraft(phone)]
        set_phones(viewer, party, [*(one if phone else []), *numbers[1:]])
    require_own_reach_of(party)
    index_words(viewer, [party])
    # the words themselves stand in no log
    named = [name for name, value in (("email", email), ("phone", phone)) if value is not None]
    record(viewer, "person.addresses_changed", party, client_id=client_id, fields=named)


def _uses(known: list[EmailDraft], plain: EmailDraft) -> tuple[str, bool]:
    first = known[0] if known else plain
    return first.type, first.may_email


def emails_of(party: Party) -> list[EmailDraft]:
    """Return a party's addresses as they would be entered, in their order."""
    rows = Email.objects.filter(party=party).order_by("position", "pk")
    return [EmailDraft(row.address, row.type, row.may_email) for row in rows]


def phones_of(party: Party) -> list[PhoneDraft]:
    """Return a party's numbers as they would be entered, in their order."""
    rows = Phone.objects.filter(party=party).order_by("position", "pk")
    return [PhoneDraft(row.number, row.type, row.permission) for row in rows]


@transaction.atomic
def change_portal(viewer: Viewer, *, client: Client, party: Party, flags: dict[str, bool]) -> None:
    """Set what somebody may do in the portal for a client; flags not named stay."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    set_portal(viewer, client, party, flags)
    record(viewer, "portal.changed", party, client_id=client.pk, portal=flags)

"""Inviting people to the portal: what each gets, the words of the mail, and the mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.models import FLAGS, LANGUAGES, Guest
from kinbook.invitations.queries.people import portal_person, portal_setting
from kinbook.mail.commands import write_letter
from kinbook.people.commands.clients import set_portal
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.invitations.queries.people import PortalPerson
    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer

LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Invite:
    """Whom to invite, and what their access holds; None leaves it as it is."""

    party_id: UUID
    flags: frozenset[str] | None = None


@transaction.atomic
def invite_to_portal(
    viewer: Viewer, *, client: Client, invites: Sequence[Invite], words: str = "", language: str = ""
) -> list[PortalPerson]:
    """Give people portal access for a client and write to each; refused beside the person who has no mailbox."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    setting = portal_setting(viewer)
    if not setting.is_on:
        raise Conflict("The client portal is switched off: switch it on under Settings › Client Portal first.")
    if len(words) > LONGEST_WORDS:
        raise Invalid(words=f"At most {LONGEST_WORDS} characters.")
    language = language or setting.language
    if language not in dict(LANGUAGES):
        raise Invalid(language="Choose one of the languages.")
    invited = [_invite(viewer, client, each, words=words, language=language) for each in invites]
    for person in invited:
        party = person.party
        record(viewer, "portal.invited", party, client_id=client.pk, name=party.name, portal=person.flags)
    return invited


def _invite(viewer: Viewer, client: Client, invite: Invite, *, words: str, language: str) -> PortalPerson:
    person = portal_person(viewer, client, invite.party_id)
    if person.suspension:
        raise Conflict(f"{person.party.name}’s portal is suspended. Lift the suspension first.")
    if person.mailbox.problem:
        raise Invalid(**{f"person-{invite.party_id}": person.mailbox.problem})
    flags = frozenset(person.flags) if invite.flags is None else invite.flags
    try:
        set_portal(viewer, client, person.party, {"access": True, **{name: name in flags for name in FLAGS}})
    except Invalid as refused:
        raise Invalid(**{f"person-{invite.party_id}": refused.sentence}) from refused
    known = person.guest.language if person.guest else ""
    with translation.override(known or language):
        write_letter(
            viewer,
            to=person.mailbox.address,
            template="portal_invitation",
            values={"name": person.party.short_name, "words": words.replace("\x00", "").strip()},
            links={translation.gettext("Open the client portal"): "/portal/sign-in/"},
            party_id=person.party.pk,
        )
    Guest.objects.filter(address__iexact=person.mailbox.address).exclude(party_id=person.stands).update(address="")
    Guest.objects.update_or_create(
        practice_id=viewer.practice_id,
        party_id=person.stands,
        defaults={"address": person.mailbox.address, "invited_at": viewer.now, "invited_by": viewer.name},
    )
    return portal_person(viewer, client, invite.party_id)

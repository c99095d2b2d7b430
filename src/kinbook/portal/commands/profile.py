"""A person's own ways to be reached, and the language they read."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kinbook.audit.record import record
from kinbook.invitations.commands.sessions import end_sessions
from kinbook.invitations.models import LANGUAGES, Asking, Guest, Link, Purpose
from kinbook.invitations.queries.mailbox import person_at
from kinbook.jobs.app import enqueue
from kinbook.mail.commands import write_letter
from kinbook.people.commands.clean import EmailDraft, PhoneDraft, clean_email, clean_phone, digits_of
from kinbook.people.commands.parties import set_emails
from kinbook.people.commands.reach import emails_of
from kinbook.people.commands.words import index_words
from kinbook.people.models import Party
from kinbook.portal.commands.sign_in import VALID
from kinbook.team.commands.members import hash_of
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Invalid
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def choose_language(viewer: Viewer, *, language: str) -> None:
    """Choose the language of the pages and mails."""
    if language not in dict(LANGUAGES):
        raise Invalid(language=_("Choose one of the languages."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_speak(%s)", [language])
    record(viewer, "portal.language_chosen", language=language)


def change_phone(viewer: Viewer, *, number: str) -> None:
    """Change one's own first number; the practice finds the person by it within moments."""
    try:
        cleaned = clean_phone(PhoneDraft(number))
    except Invalid as refused:
        raise Invalid(phone=_("This is not a phone number.")) from refused
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_phone(%s, %s)", [cleaned.number, digits_of(cleaned.number, "US")])
    enqueue("portal.find_by_new_words", practice_id=str(viewer.practice_id), party_id=str(viewer.id))
    # the number itself stands in no log
    record(viewer, "person.addresses_changed", fields=["phone"])


def find_by_new_words(practice_id: UUID, party_id: UUID, now: datetime) -> None:
    """Have searches find a person by what they have changed themselves."""
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        party = Party.objects.filter(pk=party_id).first()
        if party:
            index_words(rule_viewer(practice_id, now=now), [party])


def ask_for_address(viewer: Viewer, *, address: str, browser: str, language: str) -> None:
    """Ask to be reached at another address: it is theirs once they have followed a link sent there."""
    try:
        cleaned = clean_email(EmailDraft(address))
    except Invalid as refused:
        raise Invalid(email=_("It looks like name@example.org.")) from refused
    asking = Asking.objects.create(
        address=cleaned.address, browser=hash_of(browser), language=language, asked_at=viewer.now
    )
    ids = {"practice_id": str(viewer.practice_id), "party_id": str(viewer.id)}
    enqueue("portal.confirm_address", asking_id=str(asking.pk), **ids)
    record(viewer, "portal.address_asked")


def send_confirmation(asking: Asking, practice_id: UUID, party_id: UUID, now: datetime) -> None:
    """Send the link to the new address, unless the address is somebody else's: then nothing is sent."""
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        party = Party.objects.filter(pk=party_id).first()
        if party and _is_free(asking.address, party_id):
            secret = secrets.token_urlsafe(32)
            Link.objects.create(
                hash=hash_of(secret),
                practice_id=practice_id,
                party_id=party_id,
                purpose=Purpose.ADDRESS,
                address=asking.address,
                browser=bytes(asking.browser),
                expires_at=now + VALID,
            )
            write_letter(
                rule_viewer(practice_id, now=now),
                to=asking.address,
                template="portal_address",
                values={"name": party.short_name},
                links={_("Confirm this address"): f"/portal/address/{secret}/"},
                party_id=party_id,
            )
    Asking.objects.filter(pk=asking.pk).delete()


def _is_free(address: str, party_id: UUID) -> bool:
    return person_at(address) in {None, party_id}


def confirm_address(link: Link, now: datetime) -> bool:
    """Let the person have the address they confirmed, first of theirs; False where somebody else has it by now."""
    with acting_as(Identity(link.practice_id, ViewerKind.JOB, link.practice_id)), transaction.atomic():
        party = Party.objects.select_for_update().filter(pk=link.party_id).first()
        if party is None or not _is_free(link.address, party.pk):
            return False
        viewer = rule_viewer(link.practice_id, now=now)
        known = [each for each in emails_of(party) if each.address.lower() != link.address.lower()]
        before = known[0].address if known else ""
        set_emails(viewer, party, [EmailDraft(link.address), *known[1:]])
        index_words(viewer, [party])
        Guest.objects.update_or_create(
            practice_id=link.practice_id, party_id=party.pk, defaults={"address": link.address}
        )
        record(viewer, "person.addresses_changed", party, fields=["email"], by=party.name)
        if before:
            values = {"name": party.short_name}
            write_letter(viewer, to=before, template="portal_address_changed", values=values, party_id=party.pk)
    end_sessions(link.practice_id, link.party_id)
    return True

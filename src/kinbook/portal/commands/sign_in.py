"""Signing in to the portal by a link that works once, for 15 minutes; whether an address is known is told to nobody."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import translation

from kinbook.audit.record import record
from kinbook.invitations.commands.sessions import open_session
from kinbook.invitations.models import Asking, Guest, Link, Purpose
from kinbook.invitations.queries.mailbox import person_at
from kinbook.jobs.app import enqueue
from kinbook.mail.commands import write_letter
from kinbook.portal.queries.person import person_in, portal_viewer
from kinbook.team.commands.members import hash_of
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.portal.models import Person
    from kinbook.tenancy.viewer import Origin

VALID = timedelta(minutes=15)


def ask_to_sign_in(*, address: str, browser: str, language: str, now: datetime) -> None:
    """Note that somebody asks for a link; a job looks whether the address is known, so that the answer cannot tell."""
    with transaction.atomic():
        asking = Asking.objects.create(address=address, browser=hash_of(browser), language=language, asked_at=now)
        enqueue("portal.send_link", asking_id=str(asking.pk))


def answer_asking(asking: Asking, now: datetime) -> None:
    """Send a link to whose portal the address opens, in each practice where it stands; then forget who asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_practices(%s)", [asking.address])
        practices = [row[0] for row in cursor.fetchall()]
    for practice_id in practices:
        job = Identity(practice_id, ViewerKind.JOB, practice_id)
        with acting_as(job):
            party_id = person_at(asking.address)
        person = _person(practice_id, party_id) if party_id else None
        if person:
            with acting_as(job):
                _send_link(person, asking, now)
    Asking.objects.filter(pk=asking.pk).delete()


def _person(practice_id: UUID, party_id: UUID) -> Person | None:
    """Return the person as they themselves would be let in."""
    identity = Identity(practice_id, ViewerKind.PORTAL, party_id)
    with acting_as(identity):
        return person_in(identity)


def _send_link(person: Person, asking: Asking, now: datetime) -> None:
    secret = secrets.token_urlsafe(32)
    Link.objects.create(
        hash=hash_of(secret),
        practice_id=person.practice_id,
        party_id=person.pk,
        purpose=Purpose.SIGN_IN,
        browser=bytes(asking.browser),
        expires_at=now + VALID,
    )
    guest = Guest.objects.filter(party_id=person.pk).first()
    viewer = rule_viewer(person.practice_id, now=now)
    with translation.override((guest and guest.language) or asking.language):
        write_letter(
            viewer,
            to=asking.address,
            template="portal_link",
            values={"name": person.short_name},
            links={translation.gettext("Sign in"): f"/portal/enter/{secret}/"},
            party_id=person.pk,
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as its page shows it: good or not, and whether this browser asked for it."""

    link: Link | None
    is_same_browser: bool = False


def link_of(secret: str, purpose: Purpose, *, browser: str, now: datetime) -> Opened:
    """Return what a link opens; looking at it uses nothing up, since mail scanners look at every link."""
    found = Link.objects.filter(hash=hash_of(secret), purpose=purpose, used_at=None, expires_at__gt=now).first()
    return Opened(found, found is not None and bytes(found.browser) == hash_of(browser))


def use_link(secret: str, purpose: Purpose, now: datetime) -> Link | None:
    """Use a link up; None for one that was used, is too old, or never was. Of two at once one gets it."""
    fresh = Link.objects.filter(hash=hash_of(secret), purpose=purpose, used_at=None, expires_at__gt=now)
    return Link.objects.get(hash=hash_of(secret)) if fresh.update(used_at=now) else None


def sign_in(*, practice_id: UUID, party_id: UUID, now: datetime, origin: Origin, how: str) -> str | None:
    """Sign a person in and return the session's secret; None where nothing is open to them any more."""
    identity = Identity(practice_id, ViewerKind.PORTAL, party_id)
    with acting_as(identity):
        person = person_in(identity)
        if person is None:
            return None
        record(portal_viewer(person, now=now, origin=origin), "portal.signed_in", how=how)
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        _note_arrival(person, now)
    return open_session(practice_id=practice_id, party_id=party_id, now=now)


def _note_arrival(person: Person, now: datetime) -> None:
    """Note when they came, and that the mailbox is theirs from now on."""
    free = not Guest.objects.filter(address__iexact=person.email).exclude(party_id=person.pk).exists()
    mine = person.email if free and person_at(person.email) == person.pk else ""
    Guest.objects.update_or_create(
        practice_id=person.practice_id,
        party_id=person.pk,
        defaults={"signed_in_at": now, **({"address": mine} if mine else {})},
    )

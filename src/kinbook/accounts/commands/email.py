"""A member's new e-mail: asked for, confirmed at both addresses, and then in force."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.commands.sign_ins import end_sign_ins
from kinbook.accounts.models import EmailChange
from kinbook.audit.record import record
from kinbook.mail.commands import write_letter
from kinbook.team.commands.members import hash_of, roles_of
from kinbook.team.models import Member, User
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

WAITS_FOR = timedelta(days=2)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link of a letter opens: the change, and at which of the two addresses it arrived."""

    change: EmailChange
    at_old: bool


@transaction.atomic
def start_email_change(viewer: Viewer, *, member_id: UUID, email: str) -> Member:
    """Ask both addresses whether a member's e-mail shall change; until both say so the old one stays.

    An address that somebody else signs in with is told so by letter, and nobody but its owner.
    """
    require(viewer, Action.ACCOUNT_OWN if member_id == viewer.id else Action.TEAM_MANAGE)
    member = Member.objects.active().select_for_update().filter(pk=member_id).first()
    if member is None:
        raise Unknown
    if member_id != viewer.id and Role.OWNER in roles_of(member, viewer):
        require(viewer, Action.OWNER_MANAGE)
    address = email.replace("\x00", "").strip().lower()
    if "@" not in address[1:-1] or len(address) > LONGEST or len(address.split()) != 1:
        raise Invalid(email="This is not an e-mail address.")
    if address == member.email:
        raise Invalid(email="This is the address already.")
    _ask_both(viewer, member, address)
    record(viewer, "email.change_asked", member, email=address)
    return member


def _ask_both(viewer: Viewer, member: Member, address: str) -> None:
    old, new = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    EmailChange.objects.filter(member_id=member.pk).delete()
    EmailChange.objects.create(
        user_id=member.user_id,
        practice_id=viewer.practice_id,
        member_id=member.pk,
        email=address,
        old_hash=hash_of(old),
        new_hash=hash_of(new),
        expires_at=viewer.now + WAITS_FOR,
    )
    values = {"name": member.short_name, "email": address, "by": "" if viewer.id == member.pk else viewer.name}
    link = {"Confirm it, or stop it": f"/e-mail/{old}/"}
    write_letter(viewer, to=member.email, template="email_old", values=values, links=link)
    if User.objects.filter(email=address).exists():
        write_letter(viewer, to=address, template="email_taken", values=values)
    else:
        write_letter(viewer, to=address, template="email_new", values=values, links={"Confirm it": f"/e-mail/{new}/"})


@transaction.atomic
def stop_own_email_change(viewer: Viewer) -> None:
    """Take one's own change of address back while it waits."""
    require(viewer, Action.ACCOUNT_OWN)
    count, _ = EmailChange.objects.filter(member_id=viewer.id).delete()
    if count:
        record(viewer, "email.change_stopped")


def open_change(secret: str, now: datetime) -> Opened | None:
    """Return the change a link is about; None where it is over, has expired, or never was."""
    hashed = hash_of(secret)
    waiting = EmailChange.objects.filter(expires_at__gt=now)
    found = waiting.filter(
        Q(old_hash=hashed, old_confirmed_at=None) | Q(new_hash=hashed, new_confirmed_at=None)
    ).first()
    return Opened(found, at_old=bytes(found.old_hash) == hashed) if found else None


def stop_change(viewer: Viewer, opened: Opened) -> None:
    """End a change from the old address; both links stop working. Runs as the practice: nobody is signed in."""
    EmailChange.objects.filter(pk=opened.change.pk).delete()
    record(viewer, "email.change_stopped", member=str(opened.change.member_id))


def confirm_change(viewer: Viewer, opened: Opened) -> bool:
    """Note that an address confirms; returns whether it was the second one, and the change is in force.

    Runs as the practice: nobody is signed in.
    """
    with transaction.atomic():
        change = EmailChange.objects.select_for_update().filter(pk=opened.change.pk).first()
        if change is None:
            raise Unknown
        if opened.at_old:
            change.old_confirmed_at = change.old_confirmed_at or viewer.now
        else:
            change.new_confirmed_at = change.new_confirmed_at or viewer.now
        change.save()
        record(viewer, "email.confirmed", member=str(change.member_id), at="old" if opened.at_old else "new")
        if not (change.old_confirmed_at and change.new_confirmed_at):
            return False
        _put_in_force(viewer, change)
    return True


def _put_in_force(viewer: Viewer, change: EmailChange) -> None:
    """Let the member sign in with the new address from now on; their sign-ins end."""
    member = Member.objects.active().select_for_update().filter(pk=change.member_id).first()
    if member is None or User.objects.filter(email=change.email).exists():
        raise Unknown
    before = member.email
    User.objects.filter(pk=change.user_id).update(email=change.email)
    Member.objects.filter(pk=member.pk).update(email=change.email, version=member.version + 1)
    EmailChange.objects.filter(pk=change.pk).delete()
    end_sign_ins(User.objects.get(pk=change.user_id))
    record(viewer, "email.changed", member, email=[before, change.email])
    for address in (before, change.email):
        write_letter(viewer, to=address, template="email_changed", values={"email": change.email})

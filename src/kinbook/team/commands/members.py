"""Members: invited, given roles, and let go."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.models import RoleGrant
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.mail.commands import write_letter
from kinbook.rules.billing_codes import NPI, is_npi
from kinbook.team.models import Invitation, Member, Seat, User
from kinbook.team.queries import words_against
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

INVITED_FOR = timedelta(days=7)
LONGEST = 200


@transaction.atomic
def add_member(
    viewer: Viewer,
    *,
    email: str,
    first_name: str,
    last_name: str,
    roles: Iterable[str],
    title: str = "",
    invite: bool = True,
) -> Member:
    """Add somebody to the team with roles, and invite them by mail to choose a password."""
    require(viewer, Action.TEAM_MANAGE)
    member = new_member(viewer, email=email, first_name=first_name, last_name=last_name, roles=roles, title=title)
    if invite:
        send_invitation(viewer, member)
    record(viewer, "member.added", member, name=member.name, roles=sorted(roles))
    return member


def new_member(
    viewer: Viewer,
    *,
    email: str,
    first_name: str,
    last_name: str,
    roles: Iterable[str],
    title: str = "",
    password: str | None = None,
) -> Member:
    """Add a member; part of a command that has asked whether the viewer may."""
    address = email.strip().lower()
    names = {"first_name": first_name, "last_name": last_name, "title": title}
    cleaned = {name: " ".join(text.replace("\x00", "").split())[:LONGEST] for name, text in names.items()}
    if not cleaned["last_name"]:
        raise Invalid(last_name="Enter a name.")
    if "@" not in address or len(address) > LONGEST:
        raise Invalid(email="This is not an e-mail address.")
    held = read_roles(viewer, roles)
    user, _ = User.objects.get_or_create(email=address)
    if Seat.objects.filter(user=user, practice_id=viewer.practice_id).exists():
        raise Conflict("Somebody with this e-mail is on the team already.")
    if password is not None:
        user.words = words_against(viewer.practice_id, *cleaned.values())
        set_password(user, password)
    member = Member.objects.create(
        practice_id=viewer.practice_id,
        user=user,
        email=address,
        colour=Member.objects.count() % 6 + 1,
        **cleaned,
    )
    Seat.objects.create(user=user, practice_id=viewer.practice_id, member_id=member.pk)
    _grant(viewer, member, held)
    return member


def set_password(user: User, password: str) -> None:
    """Set a password that is long and uncommon enough; raises Invalid otherwise."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid(password=" ".join(weak.messages)) from None
    user.set_password(password)
    user.save()


def read_roles(viewer: Viewer, roles: Iterable[str]) -> list[Role]:
    """Return the roles; raises Invalid for unknown or contradicting ones, Forbidden for ownership without the right."""
    names = list(dict.fromkeys(roles))
    if not names or not set(names) <= set(Role):
        raise Invalid(roles=f"The roles are among: {', '.join(Role)}.")
    held = [Role(name) for name in names]
    if sum(role.startswith("clinician") for role in held) > 1:
        raise Invalid(roles="One clinician role at a time.")
    if Role.OWNER in held:
        require(viewer, Action.OWNER_MANAGE)
    return held


def _grant(viewer: Viewer, member: Member, roles: Iterable[Role]) -> None:
    RoleGrant.objects.bulk_create(
        RoleGrant(
            practice_id=viewer.practice_id,
            member=member,
            role=role,
            starts_on=viewer.today,
            granted_by=viewer.name,
        )
        for role in roles
    )


def roles_of(member: Member, viewer: Viewer) -> list[Role]:
    """Return the roles a member holds today."""
    grants = RoleGrant.objects.filter(holds_on(viewer.today), member=member)
    return [Role(role) for role in grants.order_by("role").values_list("role", flat=True)]


@transaction.atomic
def change_member(
    viewer: Viewer,
    *,
    member_id: UUID,
    fields: dict[str, Any],
    roles: Iterable[str] | None = None,
    version: int | None = None,
) -> Member:
    """Change a member's names and roles; the last owner stays one."""
    require(viewer, Action.TEAM_MANAGE)
    member = locked_member(viewer, member_id)
    member.require_version(version)
    before = {name: getattr(member, name) for name in fields}
    for name, value in fields.items():
        if name not in {"first_name", "last_name", "title", "npi", "license"}:
            raise Invalid(**{name: "This cannot be changed here."})
        setattr(member, name, " ".join(str(value).replace("\x00", "").split())[:LONGEST])
    if not member.last_name:
        raise Invalid(last_name="Enter a name.")
    if not is_npi(member.npi):
        raise Invalid(npi=NPI)
    member.save()
    if roles is not None:
        _change_roles(viewer, member, read_roles(viewer, roles))
    record(
        viewer,
        "member.changed",
        member,
        name=member.name,
        changed=changes(before, fields),
        roles=sorted(roles or []),
    )
    return member


def locked_member(viewer: Viewer, member_id: UUID) -> Member:
    """Lock a member of the team; only owners manage an owner's account."""
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise Unknown
    if Role.OWNER in roles_of(member, viewer):
        require(viewer, Action.OWNER_MANAGE)
    return member


def _change_roles(viewer: Viewer, member: Member, roles: list[Role]) -> None:
    today = viewer.today
    held = RoleGrant.objects.filter(holds_on(today), member=member)
    gone = held.exclude(role__in=roles)
    if gone.filter(role=Role.OWNER).exists():
        require_another_owner(viewer, member)
    gone.filter(starts_on__gte=today).delete()
    gone.filter(starts_on__lt=today).update(until=today)
    kept = set(held.values_list("role", flat=True))
    # a role that ended today and comes back today goes on
    RoleGrant.objects.filter(member=member, until=today, role__in=set(roles) - kept).update(until=None)
    kept = set(held.values_list("role", flat=True))
    try:
        with transaction.atomic():
            _grant(viewer, member, [role for role in roles if role not in kept])
    except IntegrityError:
        raise Conflict("A role that begins on a later day is in the way. End it first.") from None


def require_another_owner(viewer: Viewer, member: Member) -> None:
    """Refuse where nobody else would own the practice; of two owners who leave at once the second is refused."""
    owners = RoleGrant.objects.filter(role=Role.OWNER, until=None, starts_on__lte=viewer.today, member__left_on=None)
    held = owners.order_by("pk").select_for_update(of=("self",)).values_list("member_id", flat=True)
    if not set(held) - {member.pk}:
        raise Conflict("The practice keeps an owner: make somebody else an owner first.")


def send_invitation(viewer: Viewer, member: Member) -> None:
    """Mail a link, valid for a week, that lets the member choose a password. Part of a command."""
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(
        hash=hash_of(secret),
        practice_id=viewer.practice_id,
        member_id=member.pk,
        expires_at=viewer.now + INVITED_FOR,
    )
    write_letter(
        viewer,
        to=member.email,
        template="invitation",
        values={"name": member.short_name, "by": viewer.name},
        links={"Choose a password": f"/invitation/{secret}/"},
    )


@transaction.atomic
def invite_again(viewer: Viewer, *, member_id: UUID) -> None:
    """Send a member a new invitation; older links stop working."""
    require(viewer, Action.TEAM_MANAGE)
    member = locked_member(viewer, member_id)
    Invitation.objects.filter(member_id=member.pk, used_at=None).delete()
    send_invitation(viewer, member)
    record(viewer, "member.invited", member, name=member.name)


def hash_of(secret: str) -> bytes:
    """Return what is kept of a secret that stands in a link or token: it is long and random, so a plain digest does."""
    return hashlib.sha256(secret.encode()).digest()


def open_invitation(secret: str, now: datetime) -> Invitation | None:
    """Return the invitation a link opens; None where it was used, has expired, or never was."""
    return Invitation.objects.filter(hash=hash_of(secret), used_at=None, expires_at__gt=now).first()


def accept_invitation(viewer: Viewer, invitation: Invitation, password: str) -> Member:
    """Set the invited member's password and use the link up. Runs as the invited member, before they can sign in."""
    member = Member.objects.active().select_related("user").get(pk=invitation.member_id)
    member.user.words = words_against(viewer.practice_id, member.first_name, member.last_name)
    set_password(member.user, password)
    Invitation.objects.filter(pk=invitation.pk).update(used_at=viewer.now)
    record(viewer, "member.joined", member, name=member.name)
    return member


def role_names(roles: Iterable[Role]) -> str:
    """Return roles as people say them."""
    return ", ".join(ROLE_NAMES[role] for role in roles)

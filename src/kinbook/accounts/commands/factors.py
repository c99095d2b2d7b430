"""A member's own second step: set up, used, and taken away."""

from __future__ import annotations

import base64
import re
import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.commands.sign_ins import end_sign_ins
from kinbook.accounts.models import Factor, FactorKind, RecoveryCode
from kinbook.accounts.queries import has_second_step, user_of
from kinbook.accounts.sealing import digest_of, sealed, unsealed
from kinbook.audit.record import record
from kinbook.mail.commands import write_letter
from kinbook.rules.codes import step_of
from kinbook.team.commands.members import roles_of
from kinbook.team.models import Member, User
from kinbook.team.queries import acting_for, seat_of
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.accounts.passkeys import NewPasskey
    from kinbook.tenancy.viewer import Viewer

CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LONGEST = 60
WRONG = "This code is not right. Codes change every half minute, and each works once."


def new_secret() -> str:
    """Return a secret for an authenticator app, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


@transaction.atomic
def add_app(viewer: Viewer, *, secret: str, code: str, session_key: str | None) -> list[str]:
    """Ask for an app's codes from now on; the first one proves that it has the secret.

    Returns recovery codes where this is the first second step: then the member's other sign-ins end.
    """
    require(viewer, Action.ACCOUNT_OWN)
    user = _locked(viewer)
    step = step_of(secret, digits_of(code), int(viewer.now.timestamp()))
    if step is None:
        raise Invalid(code=WRONG)
    if Factor.objects.filter(user=user, kind=FactorKind.TOTP).exists():
        raise Conflict("An authenticator app is set up already: remove it first.")
    is_first = not has_second_step(user)
    Factor.objects.create(
        user=user,
        kind=FactorKind.TOTP,
        name=FactorKind.TOTP.label,
        secret=sealed(secret),
        last_step=step,
        created_at=viewer.now,
    )
    record(viewer, "second_step.added", kind=str(FactorKind.TOTP))
    return _begin(user, session_key) if is_first else []


@transaction.atomic
def add_passkey(viewer: Viewer, *, name: str, made: NewPasskey, session_key: str | None) -> list[str]:
    """Take a passkey as second step; returns recovery codes where it is the first one, as `add_app` does."""
    require(viewer, Action.ACCOUNT_OWN)
    user = _locked(viewer)
    if Factor.objects.filter(credential_id=made.credential_id).exists():
        raise Conflict("This passkey is registered already.")
    is_first = not has_second_step(user)
    Factor.objects.create(
        user=user,
        kind=FactorKind.PASSKEY,
        name=" ".join(name.replace("\x00", "").split())[:LONGEST] or "Passkey",
        credential_id=made.credential_id,
        credential=made.credential,
        counter=made.counter,
        created_at=viewer.now,
    )
    record(viewer, "second_step.added", kind=str(FactorKind.PASSKEY))
    return _begin(user, session_key) if is_first else []


@transaction.atomic
def remove_factor(viewer: Viewer, *, factor_id: UUID) -> None:
    """Take an app or a passkey away; recovery codes go with the last one, which stays where the practice wants one."""
    require(viewer, Action.ACCOUNT_OWN)
    user = _locked(viewer)
    found = Factor.objects.filter(user=user, pk=factor_id).first()
    if found is None:
        raise Unknown
    if viewer.owes_second_step and Factor.objects.filter(user=user).count() == 1:
        raise Conflict("Your practice wants a second step of you: add another before you remove the last one.")
    Factor.objects.filter(pk=found.pk).delete()
    if not has_second_step(user):
        RecoveryCode.objects.filter(user=user).delete()
    record(viewer, "second_step.removed", kind=found.kind)


@transaction.atomic
def reset_second_step(viewer: Viewer, *, member_id: UUID) -> Member:
    """Take the second step of a member who has lost it; they are told, and sign in anew. An owner's by owners only."""
    require(viewer, Action.TEAM_MANAGE)
    member = Member.objects.active().select_related("user").filter(pk=member_id).first()
    if member is None:
        raise Unknown
    if Role.OWNER in roles_of(member, viewer):
        require(viewer, Action.OWNER_MANAGE)
    if member.pk == viewer.id:
        raise Conflict("Your own second step is under Your account. Nothing was changed.")
    if not Factor.objects.filter(user=member.user).delete()[0]:
        raise Conflict(f"{member.name} has no second step. Nothing was changed.")
    RecoveryCode.objects.filter(user=member.user).delete()
    end_sign_ins(member.user)
    write_letter(viewer, to=member.email, template="second_step_reset", values={"by": viewer.name})
    record(viewer, "second_step.reset", member, name=member.name)
    return member


def reset_for(email: str, *, now: datetime) -> Member:
    """Take a member's second step away by their address, as who keeps the installation; opens the transaction.

    Raises Unknown where nobody on a team signs in with the address.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    seat = seat_of(user) if user else None
    if seat is None:
        raise Unknown(f"Nobody on the team signs in as {email}.")
    with acting_for(seat.practice_id, None, now=now) as viewer:
        return reset_second_step(viewer, member_id=seat.member_id)


@transaction.atomic
def renew_codes(viewer: Viewer) -> list[str]:
    """Make new recovery codes; the old ones stop working."""
    require(viewer, Action.ACCOUNT_OWN)
    user = _locked(viewer)
    if not has_second_step(user):
        raise Conflict("Recovery codes stand in for a second step: set one up first.")
    record(viewer, "recovery_codes.renewed")
    return _new_codes(user)


def _locked(viewer: Viewer) -> User:
    return User.objects.select_for_update().get(pk=user_of(viewer).pk)


def _begin(user: User, session_key: str | None) -> list[str]:
    """Make recovery codes, and end the sign-ins that a password alone has opened."""
    end_sign_ins(user, but=session_key)
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(LETTERS) for _ in range(12)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=digest_of(code, user.pk)) for code in codes)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def digits_of(text: str) -> str:
    """Return what was typed without what people put between digits."""
    return re.sub(r"[^0-9A-Za-z]", "", text)[:20]


def use_code(user: User, text: str, now: datetime) -> str:
    """Use up an app's code or a recovery code; returns which of them it was, "" where it is neither.

    One statement takes it, so that a code works once however often it is sent at the same moment.
    """
    typed = digits_of(text)
    app = Factor.objects.filter(user=user, kind=FactorKind.TOTP).first()
    secret = unsealed(app.secret) if app else None
    step = step_of(secret, typed, int(now.timestamp())) if secret else None
    if app and step is not None:
        taken = Factor.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step, last_used_at=now)
        return "app" if taken else ""
    hashed = digest_of(typed.lower(), user.pk)
    return (
        "recovery code" if RecoveryCode.objects.filter(user=user, hash=hashed, used_at=None).update(used_at=now) else ""
    )


def use_passkey(factor: Factor, counter: int, now: datetime) -> bool:
    """Note that a passkey was used; False where it counts less than before, as a copy of it does."""
    rows = Factor.objects.filter(pk=factor.pk)
    if counter or factor.counter:
        rows = rows.filter(counter__lt=counter)
    return bool(rows.update(counter=counter, last_used_at=now))

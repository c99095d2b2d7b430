"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is true. The library checks signatures.

It is loaded where it is needed, not at start: that takes long, and most requests ask no passkey.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kinbook.accounts.models import Factor, FactorKind
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

    from kinbook.team.models import User

State = dict[str, Any]
UNREAD = "The passkey was not read. Nothing was changed: try again."
LONGEST = 20_000
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, struct.error)
"""What the library raises for an answer that is none."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a browser has just made."""

    credential_id: bytes
    credential: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that has signed our question."""

    factor: Factor
    counter: int
    is_verified: bool


def checker(origin: str) -> Fido2Server:
    """Return the checker for one origin: a passkey made for another site signs nothing here."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    entity = PublicKeyCredentialRpEntity(name="Kinbook", id=urlsplit(origin).hostname)
    return Fido2Server(entity, verify_origin=lambda told: told == origin)


def ask_new(user: User, origin: str) -> tuple[State, State]:
    """Return what a browser needs to make a passkey, and what to remember until it answers."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    entity = PublicKeyCredentialUserEntity(name=user.email, id=user.pk.bytes, display_name=user.email)
    options, state = checker(origin).register_begin(
        entity,
        credentials=_credentials(user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), state


def read_new(answer: str, state: State | None, origin: str) -> NewPasskey:
    """Return the passkey a browser has made; raises Invalid where the answer is not to our question."""
    try:
        made = checker(origin).register_complete(state, read_answer(answer))
    except UNREADABLE:
        raise Invalid(name=UNREAD) from None
    credential = made.credential_data
    if credential is None:
        raise Invalid(name=UNREAD)
    return NewPasskey(credential.credential_id, bytes(credential), made.counter)


def ask_known(user: User | None, origin: str) -> tuple[State, State]:
    """Return what a browser needs to show a passkey: one of the user's, or any it holds, then with its own check."""
    from fido2.webauthn import UserVerificationRequirement

    wanted = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options, state = checker(origin).authenticate_begin(_credentials(user) if user else None, user_verification=wanted)
    return dict(options), state


def read_known(answer: str, state: State | None, origin: str) -> Shown | None:
    """Return whose passkey has signed our question; None where none has."""
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

    try:
        sent = read_answer(answer)
        found = AuthenticationResponse.from_dict(sent)
        factor = Factor.objects.select_related("user").filter(credential_id=found.raw_id).first()
        if factor is None:
            return None
        credential = AttestedCredentialData(bytes(factor.credential or b""))
        checker(origin).authenticate_complete(state, [credential], sent)
    except UNREADABLE:
        return None
    data = found.response.authenticator_data
    return Shown(factor, data.counter, bool(data.is_user_verified()))


def read_answer(answer: str) -> State:
    """Return what a browser sent; raises one of UNREADABLE where it is no object."""
    found = json.loads(answer[:LONGEST])
    if not isinstance(found, dict):
        raise TypeError
    return found


def _credentials(user: User) -> list[AttestedCredentialData]:
    from fido2.webauthn import AttestedCredentialData

    rows = Factor.objects.filter(user=user, kind=FactorKind.PASSKEY).order_by("created_at")
    return [AttestedCredentialData(bytes(each)) for each in rows.values_list("credential", flat=True) if each]

"""Passkeys of the portal: what a browser is asked, whether its answer is true, and whose it is.

They are checked as the team's are (accounts/passkeys.py), and belong to a person of the family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext as _

from kinbook.accounts.passkeys import UNREADABLE, State, checker, read_answer
from kinbook.audit.record import record
from kinbook.invitations.models import Passkey
from kinbook.team.commands.members import hash_of
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fido2.webauthn import AttestedCredentialData

    from kinbook.portal.models import Person
    from kinbook.tenancy.viewer import Viewer

MOST = 10
WAITS = 5 * 60


def _keep(browser: str, what: str, state: State) -> None:
    cache.set(f"portal-passkey-{what}-{hash_of(browser).hex()}", state, WAITS)


def _take(browser: str, what: str) -> State | None:
    """Return what was asked of a browser, once: an answer is good for one question."""
    key = f"portal-passkey-{what}-{hash_of(browser).hex()}"
    state: State | None = cache.get(key)
    cache.delete(key)
    return state


def passkeys_of(viewer: Viewer) -> list[Passkey]:
    """Return a person's passkeys in the order they were added."""
    mine = Passkey.objects.filter(practice_id=viewer.practice_id, party_id=viewer.id)
    return list(mine.order_by("added_at", "pk"))


def ask_new(viewer: Viewer, person: Person, *, origin: str, browser: str) -> State:
    """Return what a browser needs to make a passkey that knows its owner by itself."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    named = person.email or person.name
    entity = PublicKeyCredentialUserEntity(name=named, id=person.pk.bytes, display_name=person.name)
    options, state = checker(origin).register_begin(
        entity,
        credentials=[_credential(each) for each in passkeys_of(viewer)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(browser, "new", state)
    return dict(options)


def add_passkey(viewer: Viewer, *, answer: str, name: str, origin: str, browser: str) -> Passkey:
    """Keep the passkey a browser has made; Invalid where the answer is not to our question."""
    if len(passkeys_of(viewer)) >= MOST:
        raise Conflict(_("There are ten passkeys already: remove one first."))
    try:
        made = checker(origin).register_complete(_take(browser, "new"), read_answer(answer)).credential_data
    except UNREADABLE:
        made = None
    if made is None or Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise Invalid(name=_("The passkey was not read. Nothing was changed: try again."))
    added = Passkey.objects.create(
        credential_id=made.credential_id,
        credential=bytes(made),
        practice_id=viewer.practice_id,
        party_id=viewer.id,
        name=" ".join(name.split())[:80] or _("Passkey"),
        added_at=viewer.now,
    )
    record(viewer, "portal.passkey_added", name=added.name)
    return added


def remove_passkey(viewer: Viewer, *, passkey_id: UUID) -> None:
    """Forget one of the person's own passkeys: it opens nothing from now on."""
    found = next((each for each in passkeys_of(viewer) if each.pk == passkey_id), None)
    if found is None:
        raise Unknown
    found.delete()
    record(viewer, "portal.passkey_removed", name=found.name)


def ask_known(*, origin: str, browser: str) -> State:
    """Return what a browser needs to show any passkey it holds for us, after a check of its own."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = checker(origin).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    _keep(browser, "known", state)
    return dict(options)


def read_known(answer: str, *, origin: str, browser: str, now: datetime) -> Passkey | None:
    """Return whose passkey has signed our question; None where none has."""
    from fido2.webauthn import AuthenticationResponse

    state = _take(browser, "known")
    try:
        sent = read_answer(answer)
        found = AuthenticationResponse.from_dict(sent)
        known = Passkey.objects.filter(credential_id=found.raw_id).first()
        if known is None:
            return None
        checker(origin).authenticate_complete(state, [_credential(known)], sent)
    except UNREADABLE:
        return None
    counter = found.response.authenticator_data.counter
    if counter and counter <= known.counter:
        return None  # a copy of the passkey was used meanwhile
    Passkey.objects.filter(pk=known.pk).update(counter=counter, used_at=now)
    return known


def _credential(passkey: Passkey) -> AttestedCredentialData:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(bytes(passkey.credential))

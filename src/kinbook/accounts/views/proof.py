"""Reading a proof of being oneself: password, code or passkey, counted when it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.accounts.commands.factors import WRONG, use_code, use_passkey
from kinbook.accounts.commands.tries import ACCOUNT, count_failure, forget_failures, waits_until
from kinbook.accounts.passkeys import read_known
from kinbook.jobs.app import enqueue

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from kinbook.team.models import User

WAIT = "Too many tries. Wait a few minutes, then try again."
NOT_THIS = "This is not your password."
NO_PASSKEY = "This passkey is not one of yours, or it was not read. Try again."
STATE = "passkey_state"


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of reading a proof: by what it was given, or which field says what is wrong."""

    by: str = ""
    field: str = ""
    problem: str = ""


def origin_of(request: HttpRequest) -> str:
    """Return the origin that a browser names when it shows a passkey here."""
    return f"{request.scheme}://{request.get_host()}"


def asked_state(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was remembered of the question for a passkey, once: an answer to it serves once."""
    found: dict[str, Any] | None = request.session.pop(STATE, None)
    return found


def read_proof(request: HttpRequest, user: User, now: datetime, *, with_password: bool) -> Proof:
    """Return what came of the proof that was sent; the second step at sign-in takes no password."""
    has_password = with_password and bool(request.POST.get("proof_password"))
    counted = f"password:{user.email}" if has_password else f"factor:{user.pk}"
    if waits_until(counted, now):
        return Proof(problem=WAIT)
    if request.POST.get("proof_passkey"):
        proof = _passkey(request, user, now)
    else:
        proof = _typed(user, request.POST, now, with_password=with_password)
    if proof.by:
        forget_failures(counted)
    elif proof.field and count_failure(counted, ACCOUNT, now) == ACCOUNT.tries:
        enqueue("accounts.tell_locked", user_id=str(user.pk))
    return proof


def _typed(user: User, sent: Any, now: datetime, *, with_password: bool) -> Proof:
    if with_password and sent.get("proof_password"):
        if user.check_password(sent["proof_password"]):
            return Proof(by="password")
        return Proof(field="proof_password", problem=NOT_THIS)
    if sent.get("proof_code"):
        by = use_code(user, sent["proof_code"], now)
        return Proof(by=by) if by else Proof(field="proof_code", problem=WRONG)
    return Proof(problem="Enter your password or a code." if with_password else "Enter a code.")


def _passkey(request: HttpRequest, user: User, now: datetime) -> Proof:
    shown = read_known(request.POST["proof_passkey"], asked_state(request), origin_of(request))
    if shown and shown.factor.user_id == user.pk and use_passkey(shown.factor, shown.counter, now):
        return Proof(by="passkey")
    return Proof(field="passkey", problem=NO_PASSKEY)

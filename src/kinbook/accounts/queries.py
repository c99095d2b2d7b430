"""One's own account as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.accounts.models import EmailChange, Factor, FactorKind, RecoveryCode, SignIn
from kinbook.team.models import Member, User

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def user_of(viewer: Viewer) -> User:
    """Return who signs in as the viewer."""
    return User.objects.get(pk__in=Member.objects.filter(pk=viewer.id).values("user_id"))


def has_second_step(user: User) -> bool:
    """Tell whether a user proves twice who they are."""
    return Factor.objects.filter(user=user).exists()


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A user's second step: the app, the passkeys, and how many recovery codes are left."""

    app: Factor | None
    passkeys: tuple[Factor, ...]
    codes_left: int

    @property
    def is_set(self) -> bool:
        """Tell whether sign-in asks for it."""
        return self.app is not None or bool(self.passkeys)


def second_step_of(user: User) -> SecondStep:
    """Return a user's second step, in two queries."""
    factors = list(Factor.objects.filter(user=user).order_by("created_at", "pk"))
    return SecondStep(
        app=next((each for each in factors if each.kind == FactorKind.TOTP), None),
        passkeys=tuple(each for each in factors if each.kind == FactorKind.PASSKEY),
        codes_left=RecoveryCode.objects.filter(user=user, used_at=None).count(),
    )


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Your account: who you are, how you sign in, and where you are signed in."""

    member: Member
    second_step: SecondStep
    sign_ins: tuple[SignIn, ...]
    pending_email: str


def account_page(viewer: Viewer) -> AccountPage:
    """Return one's own account, the newest use first."""
    member = Member.objects.select_related("user").get(pk=viewer.id)
    rows = SignIn.objects.filter(user=member.user, expire_date__gt=viewer.now).order_by("-last_used_at", "pk")
    return AccountPage(
        member=member,
        second_step=second_step_of(member.user),
        sign_ins=tuple(row for row in rows if row.ends_at > viewer.now),
        pending_email=pending_emails([viewer.id], viewer.now).get(viewer.id, ""),
    )


def pending_emails(member_ids: Collection[UUID], now: datetime) -> dict[UUID, str]:
    """Return the addresses that members' e-mails are about to change to, by member."""
    waiting = EmailChange.objects.filter(member_id__in=member_ids, expires_at__gt=now)
    return dict(waiting.values_list("member_id", "email"))

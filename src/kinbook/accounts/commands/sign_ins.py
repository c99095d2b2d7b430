"""Signed-in browsers: kept awake by use, and ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.models import SignIn, Tries
from kinbook.accounts.queries import user_of
from kinbook.audit.record import record
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db import models

    from kinbook.team.models import User
    from kinbook.tenancy.viewer import Viewer

NOTED_AFTER = timedelta(seconds=20)
FORGOTTEN_AFTER = timedelta(days=2)


def note_use(row: SignIn, now: datetime) -> None:
    """Note that somebody is at work; seldom, and never waiting for another request of the same browser."""
    if now - row.last_used_at < NOTED_AFTER:
        return
    free = SignIn.objects.select_for_update(skip_locked=True).filter(pk=row.pk)
    SignIn.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)
    row.last_used_at = now


def end_sign_ins(user: User, *, but: str | None = None) -> int:
    """End a user's sign-ins, all or all but one; part of a command."""
    count, _ = SignIn.objects.filter(user=user).exclude(session_key=but).delete()
    return count


def sweep(now: datetime) -> None:
    """Take away sign-ins that are over, and tries long forgotten."""
    SignIn.objects.filter(expire_date__lt=now).delete()
    Tries.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()


@transaction.atomic
def end_sign_in(viewer: Viewer, *, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins, at once."""
    require(viewer, Action.ACCOUNT_OWN)
    count, _ = SignIn.objects.filter(pk__in=_own(viewer).filter(id=sign_in_id).values("pk")).delete()
    if not count:
        raise Unknown
    record(viewer, "sign_in.ended")


@transaction.atomic
def end_other_sign_ins(viewer: Viewer, *, but: str | None) -> int:
    """End all of one's own sign-ins but this one; returns how many they were."""
    require(viewer, Action.ACCOUNT_OWN)
    count = end_sign_ins(user_of(viewer), but=but)
    record(viewer, "sign_in.others_ended", count=count)
    return count


def _own(viewer: Viewer) -> models.QuerySet[SignIn]:
    return SignIn.objects.filter(user=user_of(viewer))

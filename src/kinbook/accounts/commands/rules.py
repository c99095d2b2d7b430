"""What the practice wants of everybody who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.models import SignIn
from kinbook.audit.record import changes, record
from kinbook.tenancy.models import Practice, SecondStep
from kinbook.tenancy.refused import Invalid
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.tenancy.viewer import Viewer

SHORTEST, LONGEST = 5, 60


@transaction.atomic
def set_rules(
    viewer: Viewer, *, second_step: str, roles: Iterable[str], idle_minutes: int, version: int | None = None
) -> Practice:
    """Say of whom a second step is wanted, and after how many minutes without use one is signed out; at once."""
    require(viewer, Action.PRACTICE_SETTINGS)
    practice = Practice.objects.select_for_update().get(pk=viewer.practice_id)
    practice.require_version(version)
    named = sorted(set(roles)) if second_step == SecondStep.ROLES else []
    if second_step not in SecondStep.values or not set(named) <= set(Role):
        raise Invalid(second_step="Choose one of these.")
    if second_step == SecondStep.ROLES and not named:
        raise Invalid(second_step_roles="Choose at least one role.")
    if not SHORTEST <= idle_minutes <= LONGEST:
        raise Invalid(idle_minutes=f"Between {SHORTEST} and {LONGEST} minutes.")
    after = {"second_step": second_step, "second_step_roles": named, "idle_minutes": idle_minutes}
    before = {name: getattr(practice, name) for name in after}
    for name, value in after.items():
        setattr(practice, name, value)
    practice.save()
    SignIn.objects.filter(practice_id=practice.pk).update(idle_minutes=idle_minutes)
    record(viewer, "practice.sign_in_rules_changed", practice, changed=changes(before, after))
    return practice

"""A member's own password, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.accounts.commands.sign_ins import end_sign_ins
from kinbook.accounts.queries import user_of
from kinbook.audit.record import record
from kinbook.team.commands.members import set_password
from kinbook.team.models import Member
from kinbook.team.queries import words_against

if TYPE_CHECKING:
    from kinbook.team.models import User
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def change_password(viewer: Viewer, *, password: str, session_key: str | None) -> User:
    """Set one's own password anew; one's other sign-ins end. Raises Invalid where it is easy to guess."""
    require(viewer, Action.ACCOUNT_OWN)
    user = user_of(viewer)
    member = Member.objects.get(pk=viewer.id)
    user.words = words_against(member.practice_id, member.first_name, member.last_name)
    set_password(user, password)
    end_sign_ins(user, but=session_key)
    record(viewer, "password.changed")
    return user

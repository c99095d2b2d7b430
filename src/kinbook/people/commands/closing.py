"""Closing a client's record, opening it again, and opening it in an emergency."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.matrix import CLINICAL
from kinbook.access.models import Assignment, Closed, EmergencyAccess, LetIn, Restriction, RoleGrant
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.mail.commands import write_letter
from kinbook.people.models import Client
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import CHANGED_MEANWHILE, Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

EMERGENCY_LASTS = timedelta(hours=24)
LONGEST = 500


@transaction.atomic
def close_record(
    viewer: Viewer,
    *,
    client_id: UUID,
    kind: str,
    reason: str,
    member_ids: Collection[UUID] = (),
    until: date | None = None,
) -> Restriction:
    """Close a client's record from today to administrative roles, or to all but those named; replaces what held."""
    require(viewer, Action.CLIENT_CLOSE, client_id)
    if kind not in Closed.values:
        raise Invalid(kind="Choose to whom the record is closed.")
    said = _reason(reason, "Say why the record is closed.")
    if until and until <= viewer.today:
        raise Invalid(until="Choose a day after today, or none.")
    if kind == Closed.ALL_BUT_NAMED and not member_ids:
        raise Invalid(members="Name at least one person: otherwise nobody could open the record.")
    if Member.objects.active().filter(pk__in=set(member_ids)).count() != len(set(member_ids)):
        raise Invalid(members="Choose people of the team.")
    _end(viewer, client_id)
    try:
        with transaction.atomic():
            made = Restriction.objects.create(
                practice_id=viewer.practice_id,
                client_id=client_id,
                kind=kind,
                reason=said,
                starts_on=viewer.today,
                until=until,
                closed_by=viewer.name,
            )
    except IntegrityError:  # somebody closed it at the same moment
        raise Conflict(CHANGED_MEANWHILE) from None
    LetIn.objects.bulk_create(
        LetIn(practice_id=viewer.practice_id, restriction=made, member_id=member_id) for member_id in set(member_ids)
    )
    named = sorted(str(each) for each in set(member_ids))
    record(
        viewer, "client.closed", made, client_id=client_id, kind=kind, reason=said, named=named, until=str(until or "")
    )
    return made


@transaction.atomic
def reopen_record(viewer: Viewer, *, client_id: UUID) -> None:
    """Open a closed record again, for whoever's role reaches it."""
    require(viewer, Action.CLIENT_CLOSE, client_id)
    if not _end(viewer, client_id):
        raise Conflict("This record is not closed.")
    record(viewer, "client.reopened", client_id=client_id)


def _end(viewer: Viewer, client_id: UUID) -> int:
    """End the restriction that holds today; that it held stays on record."""
    held = Restriction.objects.select_for_update().filter(holds_on(viewer.today), client_id=client_id)
    return Restriction.objects.filter(pk__in=[each.pk for each in held]).update(until=viewer.today)


@transaction.atomic
def open_in_emergency(viewer: Viewer, *, client_id: UUID, reason: str) -> EmergencyAccess:
    """Open a closed record, and what was told in confidence, to an owner for a day; who treats the client is told."""
    require(viewer, Action.EMERGENCY_OPEN)
    said = _reason(reason, "Say what the emergency is: it stays on record.")
    if Client.objects.select_for_update(of=("self",)).filter(pk=client_id).first() is None:
        raise Unknown
    if _open_now(viewer, client_id).exists():
        raise Conflict("You have this record open in an emergency already.")
    made = EmergencyAccess.objects.create(
        practice_id=viewer.practice_id,
        member_id=viewer.id,
        client_id=client_id,
        reason=said,
        starts_at=viewer.now,
        ends_at=viewer.now + EMERGENCY_LASTS,
    )
    record(viewer, "emergency.opened", made, client_id=client_id, reason=said, ends_at=made.ends_at.isoformat())
    link = reverse("overview:access", args=[client_id])
    for member in _treating(viewer, client_id):
        write_letter(
            viewer,
            to=member.email,
            template="emergency",
            values={"name": member.short_name, "by": viewer.name},
            links={"See which": link},
        )
    return made


@transaction.atomic
def end_emergency(viewer: Viewer, *, client_id: UUID) -> None:
    """Give up one's emergency access before its time."""
    require(viewer, Action.EMERGENCY_OPEN)
    if not _open_now(viewer, client_id).update(ends_at=viewer.now):
        raise Conflict("You have no emergency access to this record.")
    record(viewer, "emergency.ended", client_id=client_id)


def _open_now(viewer: Viewer, client_id: UUID) -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.filter(
        member_id=viewer.id, client_id=client_id, starts_at__lte=viewer.now, ends_at__gt=viewer.now
    )


def _treating(viewer: Viewer, client_id: UUID) -> list[Member]:
    treat = RoleGrant.objects.filter(holds_on(viewer.today), role__in=CLINICAL)
    assigned = Assignment.objects.filter(holds_on(viewer.today), client_id=client_id)
    members = Member.objects.active().filter(pk__in=treat.values("member_id")).exclude(pk=viewer.id)
    return list(members.filter(pk__in=assigned.values("member_id")).order_by("pk"))


def _reason(text: str, wanted: str) -> str:
    said = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not said:
        raise Invalid(reason=wanted)
    return said

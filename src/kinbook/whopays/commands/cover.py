"""Coverages: a third party that pays first for a client, from a date on, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.commands.slots import give_slots
from kinbook.people.queries import locked_client, parties_visible_to
from kinbook.practice.models import Service
from kinbook.rules.money import LARGEST, WHOLE
from kinbook.tenancy.refused import Invalid
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

LONGEST_AUTHORIZATION = 100
MOST_SESSIONS = 10_000
MOST = 20
"""Coverages of one client; more is a mistake."""


@dataclass(frozen=True, slots=True)
class CoverageDraft:
    """What a third party covers: a percentage (in hundredths), a fixed amount a charge, or with neither everything."""

    organization_id: UUID
    starts_on: date | None = None
    until: date | None = None
    authorization: str = ""
    percent: int | None = None
    fixed_cents: int | None = None
    max_sessions: int | None = None
    max_cents: int | None = None
    service_ids: tuple[UUID, ...] = field(default=())
    missed_fees: bool = False
    position: int | None = None


@transaction.atomic
def add_coverage(viewer: Viewer, *, client_id: UUID, draft: CoverageDraft) -> Coverage:
    """Let an organization pay first for a client; it comes last in the order unless a position is given.

    Raises Invalid beside the field. What is not fixed yet is decided anew.
    """
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    locked_client(client_id)
    _check_terms(draft)
    organization = _organization(viewer, draft.organization_id)
    services = _services(draft.service_ids)
    coverage = Coverage.objects.create(
        practice_id=viewer.practice_id,
        client_id=client_id,
        organization=organization,
        starts_on=draft.starts_on,
        until=draft.until,
        authorization=draft.authorization.strip(),
        percent=draft.percent,
        fixed_cents=draft.fixed_cents,
        max_sessions=draft.max_sessions,
        max_cents=draft.max_cents,
        service_ids=services,
        missed_fees=draft.missed_fees,
        position=_make_room(client_id, draft.position),
    )
    give_slots(viewer, client_id=client_id, party_ids=[organization.pk])
    rewrite_forecast(viewer, [client_id])
    record(
        viewer,
        "coverage.added",
        coverage,
        client_id=client_id,
        organization=organization.name,
        starts_on=str(draft.starts_on or ""),
        until=str(draft.until or ""),
    )
    return coverage


def _check_terms(draft: CoverageDraft) -> None:
    problems = {
        "until": (
            bool(draft.starts_on and draft.until and draft.until <= draft.starts_on),
            "A coverage ends after the day it begins.",
        ),
        "authorization": (
            len(draft.authorization) > LONGEST_AUTHORIZATION,
            f"At most {LONGEST_AUTHORIZATION} characters.",
        ),
        "percent": (not _within(draft.percent, WHOLE), "A percentage is more than 0 and at most 100 (10000)."),
        "fixed_cents": (
            not _within(draft.fixed_cents, LARGEST) or None not in {draft.percent, draft.fixed_cents},
            "An amount more than nothing, and only where no percentage is given.",
        ),
        "max_sessions": (not _within(draft.max_sessions, MOST_SESSIONS), f"Between 1 and {MOST_SESSIONS} sessions."),
        "max_cents": (not _within(draft.max_cents, LARGEST), "An amount more than nothing."),
        "position": (draft.position is not None and not 0 <= draft.position < MOST, f"Between 0 and {MOST - 1}."),
    }
    found = {name: sentence for name, (wrong, sentence) in problems.items() if wrong}
    if found:
        raise Invalid(**found)


def _within(value: int | None, most: int) -> bool:
    return value is None or 1 <= value <= most


def _organization(viewer: Viewer, organization_id: UUID) -> Party:
    found = parties_visible_to(viewer).select_related("merged_into").filter(pk=organization_id).first()
    if found is None or not found.is_organization:
        raise Invalid(organization_id="A third party is an organization of the practice: enter it first.")
    return found.merged_into or found


def _services(service_ids: Iterable[UUID]) -> list[str]:
    wanted = list(dict.fromkeys(service_ids))
    if Service.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Invalid(service_ids="One of these services does not exist.")
    return [str(each) for each in wanted]


def _make_room(client_id: UUID, wanted: int | None) -> int:
    """Return the place of a new coverage; those from there on move one place back."""
    known = list(Coverage.objects.filter(client_id=client_id).order_by("position", "pk"))
    if len(known) >= MOST:
        raise Invalid(position=f"A client has at most {MOST} coverages.")
    place = len(known) if wanted is None else min(wanted, len(known))
    for position, each in enumerate(known):
        Coverage.objects.filter(pk=each.pk).update(position=position + (position >= place))
    return place

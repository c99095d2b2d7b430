"""Coverages: a third party that pays first for a client, from a date on, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.people.commands.slots import give_slots
from kinbook.people.queries import locked_client, parties_visible_to
from kinbook.practice.models import Service
from kinbook.rules.money import LARGEST, WHOLE
from kinbook.tenancy.refused import Conflict, Invalid, Unknown, refuse_wrong
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Coverage, Share

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
    file_number: str = ""
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
        position=_make_room(client_id, draft.position),
        **_terms(draft, services),
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


@transaction.atomic
def change_coverage(
    viewer: Viewer, *, coverage: Coverage, draft: CoverageDraft, version: int | None = None
) -> Coverage:
    """Change a coverage's terms, dates, limits and place; its organization stays, for what it paid names it.

    Raises Invalid beside the field. What is invoiced stays as it is; the rest is decided anew.
    """
    require(viewer, Action.WHO_PAYS_CHANGE, coverage.client_id)
    row = _locked(coverage)
    row.require_version(version)
    if draft.organization_id not in {row.organization_id, row.organization.merged_into_id}:
        raise Invalid(organization_id="The organization stays: end this coverage, and add one for the other.")
    _check_terms(draft)
    terms = _terms(draft, _services(draft.service_ids))
    before = {name: getattr(row, name) for name in terms}
    for name, value in terms.items():
        setattr(row, name, value)
    row.save()
    if draft.position is not None:
        _move(row, draft.position)
    rewrite_forecast(viewer, [row.client_id])
    record(viewer, "coverage.changed", row, client_id=row.client_id, changed=changes(before, terms))
    return Coverage.objects.get(pk=row.pk)


@transaction.atomic
def end_coverage(viewer: Viewer, *, coverage: Coverage, on: date) -> Coverage:
    """Let a coverage end: `on` is the first day without it. What is invoiced stays; the rest is decided anew."""
    require(viewer, Action.WHO_PAYS_CHANGE, coverage.client_id)
    row = _locked(coverage)
    if row.starts_on and on <= row.starts_on:
        raise Invalid(until="It ends after the day it begins. Entered by mistake? Remove it instead.")
    Coverage.objects.filter(pk=row.pk).update(until=on, version=row.version + 1)
    rewrite_forecast(viewer, [row.client_id])
    record(viewer, "coverage.ended", row, client_id=row.client_id, on=str(on))
    return Coverage.objects.get(pk=row.pk)


@transaction.atomic
def remove_coverage(viewer: Viewer, *, coverage: Coverage) -> None:
    """Take out a coverage entered by mistake; Conflict where something it covers was invoiced."""
    require(viewer, Action.WHO_PAYS_CHANGE, coverage.client_id)
    row = _locked(coverage)
    if Share.objects.filter(coverage_id=row.pk, charge__fixed_order__isnull=False).exists():
        raise Conflict("Something it covers was invoiced. Nothing was changed: end it instead.")
    Coverage.objects.filter(pk=row.pk).delete()
    rewrite_forecast(viewer, [row.client_id])
    record(viewer, "coverage.removed", row, client_id=row.client_id, organization=row.organization.name)


def _locked(coverage: Coverage) -> Coverage:
    """Return a coverage as it is now, its client locked; Unknown where it was taken out meanwhile."""
    locked_client(coverage.client_id)
    found = Coverage.objects.select_related("organization__merged_into").filter(pk=coverage.pk).first()
    if found is None:
        raise Unknown
    return found


def _terms(draft: CoverageDraft, services: list[str]) -> dict[str, Any]:
    """Return the columns that a draft fills."""
    return {
        "starts_on": draft.starts_on,
        "until": draft.until,
        "authorization": draft.authorization.strip(),
        "file_number": draft.file_number.strip(),
        "percent": draft.percent,
        "fixed_cents": draft.fixed_cents,
        "max_sessions": draft.max_sessions,
        "max_cents": draft.max_cents,
        "service_ids": services,
        "missed_fees": draft.missed_fees,
    }


def _move(row: Coverage, wanted: int) -> None:
    """Put a coverage in another place; the others close up around it."""
    others = list(Coverage.objects.filter(client_id=row.client_id).exclude(pk=row.pk).order_by("position", "pk"))
    others.insert(min(wanted, len(others)), row)
    for position, each in enumerate(others):
        Coverage.objects.filter(pk=each.pk).update(position=position)


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
        "file_number": (
            len(draft.file_number) > LONGEST_AUTHORIZATION,
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
    refuse_wrong(problems)


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

"""Diagnosis codes of a client: entered, ended and taken out by who treats them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.models import Diagnosis
from kinbook.people.queries import locked_client
from kinbook.practice.commands import clean
from kinbook.rules.billing_codes import read_icd
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

MOST = 24


@transaction.atomic
def add_diagnosis(
    viewer: Viewer, *, client_id: UUID, code: str, starts_on: date, description: str = "", until: date | None = None
) -> Diagnosis:
    """Enter a diagnosis code that holds from a local date; `until` is the first day without."""
    require(viewer, Action.DIAGNOSIS_EDIT, client_id)
    client = locked_client(client_id)
    read = read_icd(code)
    if not read:
        raise Invalid(code="This has not the form of an ICD-10 code, as F41.1 has.")
    if until and until <= starts_on:
        raise Invalid(until="It ends after it begins.")
    held = Diagnosis.objects.filter(client=client)
    if held.filter(code=read, until=None).exists():
        raise Invalid(code=f"{read} is on record already.")
    if held.count() >= MOST:
        raise Conflict(f"A client has at most {MOST} codes on record: take out what was entered by mistake.")
    made = Diagnosis.objects.create(
        practice_id=viewer.practice_id,
        client=client,
        code=read,
        description=clean(description),
        starts_on=starts_on,
        until=until,
        entered_at=viewer.now,
        entered_by=viewer.name,
    )
    record(viewer, "diagnosis.added", made, client_id=client_id, code=read, starts_on=str(starts_on))
    return made


@transaction.atomic
def end_diagnosis(viewer: Viewer, *, client_id: UUID, diagnosis_id: UUID, until: date) -> Diagnosis:
    """Let a diagnosis end; `until` is the first day without."""
    require(viewer, Action.DIAGNOSIS_EDIT, client_id)
    found = _locked(client_id, diagnosis_id)
    if until < found.starts_on:
        raise Invalid(until="It does not end before it begins.")
    found.until = until
    found.save()
    record(viewer, "diagnosis.ended", found, client_id=client_id, code=found.code, until=str(until))
    return found


@transaction.atomic
def remove_diagnosis(viewer: Viewer, *, client_id: UUID, diagnosis_id: UUID) -> None:
    """Take out a diagnosis that was entered by mistake; superbills that were made keep it."""
    require(viewer, Action.DIAGNOSIS_EDIT, client_id)
    found = _locked(client_id, diagnosis_id)
    record(viewer, "diagnosis.removed", found, client_id=client_id, code=found.code, starts_on=str(found.starts_on))
    found.delete()


def _locked(client_id: UUID, diagnosis_id: UUID) -> Diagnosis:
    found = Diagnosis.objects.select_for_update().filter(client_id=client_id, pk=diagnosis_id).first()
    if found is None:
        raise Unknown
    return found

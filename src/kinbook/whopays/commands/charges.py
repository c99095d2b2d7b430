"""Charges: those of appointments, kept with the calendar, and products and fees entered by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, ProtectedError

from kinbook.people.queries import lock_clients
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Charge, ChargeKind, ChargeState, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AppointmentCharge:
    """What an appointment charges as it stands: nothing where the state is idle."""

    id: UUID
    client_id: UUID
    kind: ChargeKind
    state: ChargeState
    service_id: UUID
    description: str
    cents: int
    on_date: date
    moment: datetime
    confidential: bool
    clinician_id: UUID


COLUMNS = (
    "id",
    "practice_id",
    "client_id",
    "kind",
    "state",
    "service_id",
    "description",
    "cents",
    "on_date",
    "moment",
    "confidential",
    "clinician_id",
    "needs",
    "explanation",
    "rule_key",
)


def put_appointment_charges(viewer: Viewer, charges: Sequence[AppointmentCharge]) -> None:
    """Let these appointments charge what they say now, and forecast their clients anew.

    Part of the calendar's commands. Raises Conflict, naming the invoices, where a charge stands on a live invoice and
    would change.
    """
    lock_clients({each.client_id for each in charges})
    known = Charge.objects.in_bulk([each.id for each in charges])
    charges = [_still_waived(known.get(each.id), each) for each in charges]
    changed = [each for each in charges if each.id in known and _changes(known[each.id], each)]
    clients = {known[each.id].client_id for each in changed} | {each.client_id for each in charges}
    refuse_if_invoiced([each.id for each in changed if _matters(known[each.id], each)])
    free([each.id for each in changed if _matters(known[each.id], each)])
    for each in changed:
        Charge.objects.filter(pk=each.id).update(**_changed(known[each.id], each))
    insert_rows(
        Charge,
        COLUMNS,
        [
            (each.id, viewer.practice_id, *(_columns(each)[name] for name in COLUMNS[2:12]), "", "", "")
            for each in charges
            if each.id not in known
        ],
    )
    rewrite_forecast(viewer, clients)


def _still_waived(known: Charge | None, new: AppointmentCharge) -> AppointmentCharge:
    """Keep a charge written off while nothing that decides changes."""
    if known and known.state == ChargeState.WAIVED and new.state == ChargeState.BILLABLE:
        same = replace(new, state=ChargeState.WAIVED)
        return new if _matters(known, same) else same
    return new


def remove_appointment_charges(viewer: Viewer, charge_ids: Sequence[UUID]) -> None:
    """Remove the charges of appointments that are taken out of the calendar; Conflict where one was ever billed."""
    clients = set(Charge.objects.filter(pk__in=charge_ids).values_list("client_id", flat=True))
    lock_clients(clients)
    refuse_if_invoiced(charge_ids)
    try:
        # what was ever billed stands on an invoice, void or not, and the database keeps it
        with transaction.atomic():
            Charge.objects.filter(pk__in=charge_ids).delete()
    except ProtectedError:
        raise Conflict("This was billed before. Nothing was removed: cancel the appointment instead.") from None
    rewrite_forecast(viewer, clients)


def _columns(each: AppointmentCharge) -> dict[str, Any]:
    return {
        "client_id": each.client_id,
        "kind": each.kind.value,
        "state": each.state.value,
        "service_id": each.service_id,
        "description": each.description,
        "cents": each.cents,
        "on_date": each.on_date,
        "moment": each.moment,
        "confidential": each.confidential,
        "clinician_id": each.clinician_id,
    }


def _changed(known: Charge, new: AppointmentCharge) -> dict[str, Any]:
    """Return what is stored: the price follows the discount in force, and begins with the whole of another fee."""
    columns = _columns(new)
    if known.fee_cents == new.cents:
        del columns["cents"]
        return columns
    return {**columns, "discount_cents": 0, "discounted_as": "", "lowered_cents": 0}


def _as_known(known: Charge) -> dict[str, Any]:
    """Return what the appointment charged before any discount."""
    return {**{name: getattr(known, name) for name in COLUMNS[2:12]}, "cents": known.fee_cents}


def _changes(known: Charge, new: AppointmentCharge) -> bool:
    return _as_known(known) != _columns(new)


def _matters(known: Charge, new: AppointmentCharge) -> bool:
    """Tell whether what decides changes; the hour within a day and the wording do not."""
    decisive = ("client_id", "kind", "state", "service_id", "cents", "on_date", "confidential")
    columns, before = _columns(new), _as_known(known)
    return any(before[name] != columns[name] for name in decisive)


def give_charges(charge_ids: Sequence[UUID], *, clinician_id: UUID) -> None:
    """Let charges of appointments that were given to another clinician say so. Part of a command."""
    Charge.objects.filter(pk__in=charge_ids).update(clinician_id=clinician_id)


def refuse_if_invoiced(charge_ids: Sequence[UUID]) -> None:
    """Raise Conflict, naming the invoices, where a share of one of the charges stands on a live invoice."""
    live = Share.objects.filter(charge_id__in=charge_ids, invoice_id__isnull=False)
    names = sorted(set(live.values_list("invoice_name", flat=True)))
    if names:
        raise Conflict(f"This is on {', '.join(names)}. Nothing was changed: delete or re-address the invoice first.")


def free(charge_ids: Sequence[UUID]) -> None:
    """Forget the decisions of charges that stand on no invoice, so that they are made anew."""
    Share.objects.filter(charge_id__in=charge_ids).delete()
    Charge.objects.filter(pk__in=charge_ids).update(
        fixed_order=None,
        needs="",
        explanation="",
        rule_key="",
        turn=None,
        given=None,
        cents=F("cents") - F("lowered_cents"),
        lowered_cents=0,
    )


def decide_anew_free(viewer: Viewer, client_ids: Iterable[UUID], charge_ids: Sequence[UUID]) -> None:
    """Let charges whose invoices are all void be decided again by the arrangement on record. Part of a command.

    Raises Conflict, naming the invoices, where another share of one of them stands on a live invoice.
    """
    refuse_if_invoiced(charge_ids)
    free(charge_ids)
    rewrite_forecast(viewer, client_ids)


def next_fixed_orders(count: int) -> list[int]:
    """Return the next places in the order of fixing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('whopays_fixed_order') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]

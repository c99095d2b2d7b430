"""Discounts before anything is invoiced: a client's sliding fee over dates, and one charge's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.queries import lock_clients
from kinbook.practice.models import Service
from kinbook.rules.discount import Terms, spoken_terms
from kinbook.rules.money import LARGEST, WHOLE
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.by_hand import YEARS
from kinbook.whopays.commands.charges import free, refuse_if_invoiced
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.commands.override import clean_note
from kinbook.whopays.models import Discount

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Charge


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """A sliding fee to be: from its first day until the first day without; for some services, none: all."""

    terms: Terms
    starts_on: date
    until: date | None = None
    service_ids: tuple[UUID, ...] = ()
    note: str = ""


@transaction.atomic
def set_discount(viewer: Viewer, *, client_id: UUID, draft: DiscountDraft) -> Discount:
    """Give a client a sliding fee: sessions not invoiced yet cost less at once.

    The same first day replaces the one there; one that begins inside another ends that. Raises Conflict where it would
    run into a later one, Invalid beside the field.
    """
    require(viewer, Action.WRITE_OFF, client_id)
    lock_clients([client_id])
    note = _check(draft)
    sliding = Discount.objects.filter(client_id=client_id, charge=None)
    sliding.filter(starts_on=draft.starts_on).delete()
    later = sliding.filter(starts_on__gt=draft.starts_on).order_by("starts_on").first()
    if later and later.starts_on and (draft.until is None or draft.until > later.starts_on):
        raise Conflict(f"A sliding fee begins on {later.starts_on} already: give this one an end on or before it.")
    covered = Q(starts_on__lt=draft.starts_on) & (Q(until=None) | Q(until__gt=draft.starts_on))
    sliding.filter(covered).update(until=draft.starts_on)
    made = Discount.objects.create(
        practice_id=viewer.practice_id,
        client_id=client_id,
        starts_on=draft.starts_on,
        until=draft.until,
        service_ids=[str(each) for each in draft.service_ids],
        **_columns(draft.terms),
        **_author(viewer, note),
    )
    rewrite_forecast(viewer, [client_id])
    record(
        viewer,
        "discount.set",
        made,
        client_id=client_id,
        note=note,
        terms=spoken_terms(draft.terms),
        starts_on=str(draft.starts_on),
        until=str(draft.until or ""),
    )
    return made


def _check(draft: DiscountDraft) -> str:
    check_terms(draft.terms)
    for name, day in (("from", draft.starts_on), ("until", draft.until)):
        if day is not None and day.year not in YEARS:
            raise Invalid(**{name: f"A date between {YEARS.start} and {YEARS.stop - 1}."})
    if draft.until is not None and draft.until <= draft.starts_on:
        raise Invalid(until="It ends after it begins.")
    if Service.objects.filter(pk__in=draft.service_ids).count() != len(set(draft.service_ids)):
        raise Invalid(service_ids="There is no such service.")
    return clean_note(draft.note)


def check_terms(terms: Terms) -> None:
    """Raise Invalid unless exactly one of the three is said, within what can be."""
    said = [each for each in (terms.percent, terms.cents, terms.fixed_cents) if each is not None]
    if len(said) != 1:
        raise Invalid(percent="Say one: a percentage, an amount off, or a fixed fee.")
    if terms.percent is not None and not 0 < terms.percent <= WHOLE:
        raise Invalid(percent="More than nothing, and at most 100 percent.")
    if terms.cents is not None and not 0 < terms.cents <= LARGEST:
        raise Invalid(amount_cents="The amount is more than nothing.")
    if terms.fixed_cents is not None and not 0 <= terms.fixed_cents <= LARGEST:
        raise Invalid(fixed_fee_cents="The fee is an amount, not negative.")


def _columns(terms: Terms) -> dict[str, Any]:
    return {"percent": terms.percent, "cents": terms.cents, "fixed_cents": terms.fixed_cents}


def _author(viewer: Viewer, note: str) -> dict[str, Any]:
    return {"note": note, "set_by": viewer.name, "set_at": viewer.now}


@transaction.atomic
def end_discount(viewer: Viewer, *, discount: Discount) -> None:
    """End a client's sliding fee today: sessions of today still have it; one that has not begun is taken away."""
    require(viewer, Action.WRITE_OFF, discount.client_id)
    lock_clients([discount.client_id])
    discount.refresh_from_db()
    tomorrow = viewer.today + timedelta(days=1)
    if discount.starts_on and discount.starts_on >= tomorrow:
        discount.delete()
    elif discount.until and discount.until <= tomorrow:
        raise Conflict("This sliding fee has ended already.")
    else:
        Discount.objects.filter(pk=discount.pk).update(until=tomorrow)
    rewrite_forecast(viewer, [discount.client_id])
    record(viewer, "discount.ended", None, client_id=discount.client_id, discount=str(discount.pk))


@transaction.atomic
def discount_charge(viewer: Viewer, *, charge: Charge, terms: Terms, reason: str) -> None:
    """Give one charge a discount of its own, in place of the sliding fee; Conflict where it is on a live invoice."""
    require(viewer, Action.WRITE_OFF, charge.client_id)
    lock_clients([charge.client_id])
    check_terms(terms)
    note = clean_note(reason)
    if not note:
        raise Invalid(reason="Say why.")
    refuse_if_invoiced([charge.pk])
    free([charge.pk])
    Discount.objects.filter(charge=charge).delete()
    Discount.objects.create(
        practice_id=viewer.practice_id,
        client_id=charge.client_id,
        charge=charge,
        **_columns(terms),
        **_author(viewer, note),
    )
    rewrite_forecast(viewer, [charge.client_id])
    record(viewer, "charge.discounted", charge, client_id=charge.client_id, terms=spoken_terms(terms), reason=note)


@transaction.atomic
def clear_charge_discount(viewer: Viewer, *, charge: Charge) -> None:
    """Take a charge's own discount away: its fee, or the sliding fee, is owed again."""
    require(viewer, Action.WRITE_OFF, charge.client_id)
    lock_clients([charge.client_id])
    refuse_if_invoiced([charge.pk])
    free([charge.pk])
    Discount.objects.filter(charge=charge).delete()
    rewrite_forecast(viewer, [charge.client_id])
    record(viewer, "charge.discount_cleared", charge, client_id=charge.client_id)

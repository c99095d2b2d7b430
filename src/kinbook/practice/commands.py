"""Setting a practice up, and changing its settings, places and services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.practice.models import Location, Service
from kinbook.rules.billing_codes import NPI, is_npi
from kinbook.rules.money import LARGEST
from kinbook.tenancy.models import Automatic, Practice
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LONGEST = 200
LOCATION = ("name", "street", "city", "place_of_service")
BILLING = (
    "invoice_prefix",
    "credit_note_prefix",
    "terms_days",
    "automatic_invoices",
    "invoice_day",
    "invoice_footer",
    "overdue_days",
    "coverage_sessions",
    "coverage_percent",
    "coverage_days",
    "guardians_pay_confidential",
    "late_fee_days",
    "late_fee_cents",
    "late_fee_percent",
)
GENERAL = (
    "name",
    "time_zone",
    "currency",
    "language",
    "week_starts_on",
    "street",
    "city",
    "email",
    "phone",
    "tax_id",
    "npi",
    "reminder_hours",
)


def clean(text: str, *, longest: int = LONGEST, lines: bool = False) -> str:
    """Return text without what cannot be seen, cut to its longest."""
    visible = "".join(letter for letter in text if letter >= " " or (lines and letter == "\n"))
    return (visible.strip() if lines else " ".join(visible.split()))[:longest]


def check_practice(fields: dict[str, Any]) -> dict[str, Any]:
    """Return settings that can stand; raises Invalid beside the field."""
    checked = dict(fields)
    for name in ("name", "street", "city", "email", "phone", "tax_id", "npi", "invoice_prefix", "credit_note_prefix"):
        if name in checked:
            checked[name] = clean(str(checked[name]))
    if isinstance(checked.get("overdue_days"), list):
        checked["overdue_days"] = sorted(checked["overdue_days"])
    if "invoice_footer" in checked:
        checked["invoice_footer"] = clean(str(checked["invoice_footer"]), longest=1000, lines=True)
    problems = {
        "name": ("name" in checked and not checked["name"], "Enter the practice's name."),
        "time_zone": (
            "time_zone" in checked and checked["time_zone"] not in available_timezones(),
            "Choose a time zone, as in America/New_York.",
        ),
        "currency": (
            "currency" in checked and checked["currency"] not in list_currencies(),
            "Choose a currency, as in USD.",
        ),
        "npi": (not is_npi(checked.get("npi", "")), NPI),
        "terms_days": (not 0 <= checked.get("terms_days", 0) <= 365, "Between 0 and 365 days."),
        "overdue_days": (
            not _are_steps(checked.get("overdue_days", [])),
            "At most six different days, each from 1 to 365.",
        ),
        "coverage_sessions": (not 0 <= checked.get("coverage_sessions", 0) <= 1000, "Between 0 and 1,000 sessions."),
        "coverage_percent": (not 0 <= checked.get("coverage_percent", 0) <= 100, "Between 0 and 100 percent."),
        "coverage_days": (not 0 <= checked.get("coverage_days", 0) <= 366, "Between 0 and 366 days."),
        "week_starts_on": (not 0 <= checked.get("week_starts_on", 0) <= 6, "Choose a day."),
        "reminder_hours": (not 0 <= checked.get("reminder_hours", 0) <= 336, "Between 0 and 336 hours."),
        "automatic_invoices": (
            checked.get("automatic_invoices", Automatic.DAILY) not in Automatic.values,
            "Daily, monthly or manually.",
        ),
        "invoice_day": (not 1 <= checked.get("invoice_day", 1) <= 28, "A day from 1 to 28."),
        "language": (checked.get("language", "en") not in {"en", "es"}, "English or Spanish."),
    }
    found = {name: sentence for name, (wrong, sentence) in problems.items() if wrong}
    if found:
        raise Invalid(**found)
    return checked


MOST_STEPS = 6


def _are_steps(days: Any) -> bool:
    """Tell whether these are days of a schedule of reminders."""
    if not isinstance(days, list) or len(days) > MOST_STEPS or len(set(days)) != len(days):
        return False
    return all(isinstance(day, int) and 1 <= day <= 365 for day in days)


def check_late_fees(practice: Practice, today: date) -> None:
    """Complete the settings of late fees: none without days; those switched on count from today. Raises Invalid."""
    if practice.late_fee_days is None:
        practice.late_fee_cents = practice.late_fee_percent = practice.late_fees_from = None
        return
    if not 1 <= practice.late_fee_days <= 365:
        raise Invalid(late_fee_days="Between 1 and 365 days.")
    if (practice.late_fee_cents is None) == (practice.late_fee_percent is None):
        raise Invalid(late_fee_cents="Say one: an amount, or a percentage of what is due.")
    if practice.late_fee_cents is not None and not 0 < practice.late_fee_cents <= LARGEST:
        raise Invalid(late_fee_cents="More than nothing.")
    if practice.late_fee_percent is not None and not 0 < practice.late_fee_percent <= 10_000:
        raise Invalid(late_fee_percent="More than nothing, and at most 100 percent.")
    practice.late_fees_from = practice.late_fees_from or today


@transaction.atomic
def change_practice(viewer: Viewer, *, fields: dict[str, Any], version: int | None = None) -> Practice:
    """Change the practice's settings; billing settings may be changed by billers too."""
    only_billing = set(fields) <= set(BILLING)
    require(viewer, Action.BILLING_SETTINGS if only_billing else Action.PRACTICE_SETTINGS)
    unknown = set(fields) - set(BILLING) - set(GENERAL)
    if unknown:
        raise Invalid(**dict.fromkeys(unknown, "This cannot be changed."))
    practice = Practice.objects.select_for_update().get(pk=viewer.practice_id)
    practice.require_version(version)
    checked = check_practice(fields)
    before = {name: getattr(practice, name) for name in checked}
    if checked.get("currency", practice.currency) != practice.currency:
        raise Conflict("The currency stays as it was set up: amounts on record are in it.")
    for name, value in checked.items():
        setattr(practice, name, value)
    check_late_fees(practice, viewer.today)
    practice.save()
    record(viewer, "practice.changed", practice, changed=changes(before, checked))
    return practice


@transaction.atomic
def add_location(
    viewer: Viewer,
    *,
    name: str,
    street: str = "",
    city: str = "",
    is_telehealth: bool = False,
    place_of_service: str = "",
) -> Location:
    """Add a place where clients are seen."""
    require(viewer, Action.PRACTICE_SETTINGS)
    location = Location(practice_id=viewer.practice_id, is_telehealth=is_telehealth)
    _fill_location(location, name=name, street=street, city=city, place_of_service=place_of_service)
    record(viewer, "location.added", location, name=location.name)
    return location


def _fill_location(location: Location, **fields: str) -> None:
    for name, value in fields.items():
        setattr(location, name, clean(value))
    if not location.name:
        raise Invalid(name="Enter a name.")
    code = location.place_of_service
    if code and not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise Invalid(place_of_service="Two digits, as in 11 for an office.")
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise Invalid(name="There is a location of this name.") from None


@transaction.atomic
def change_location(
    viewer: Viewer, *, location_id: UUID, fields: dict[str, Any], version: int | None = None
) -> Location:
    """Change a location; an inactive one cannot be chosen any more."""
    require(viewer, Action.PRACTICE_SETTINGS)
    location = Location.objects.select_for_update().filter(pk=location_id).first()
    if location is None:
        raise Unknown
    location.require_version(version)
    for flag in ("is_telehealth", "is_active"):
        if flag in fields:
            setattr(location, flag, bool(fields[flag]))
    texts = {name: str(fields[name]) for name in LOCATION if name in fields}
    _fill_location(location, **texts)
    record(viewer, "location.changed", location, name=location.name)
    return location


@transaction.atomic
def add_service(viewer: Viewer, *, fields: dict[str, Any]) -> Service:
    """Add a service: name, code, fee_cents, minutes, missed_fee_cents (None: the appointment's own fee)."""
    require(viewer, Action.PRACTICE_SETTINGS)
    service = Service(practice_id=viewer.practice_id)
    fill_service(service, fields)
    record(viewer, "service.added", service, name=service.name, fee_cents=service.fee_cents)
    return service


SERVICE = ("name", "code", "fee_cents", "minutes", "missed_fee_cents", "modifiers", "units", "is_active")


def fill_service(service: Service, fields: dict[str, Any]) -> None:
    """Set and store a service's fields; raises Invalid beside the field."""
    for name, value in fields.items():
        if name not in SERVICE:
            raise Invalid(**{name: "This cannot be changed."})
        setattr(service, name, clean(value) if isinstance(value, str) else value)
    missed = service.missed_fee_cents
    problems = {
        "name": (not service.name, "Enter a name."),
        "fee_cents": (not _is_amount(service.fee_cents), "The fee is an amount, not negative."),
        "minutes": (
            not isinstance(service.minutes, int) or not 1 <= service.minutes <= 1440,
            "Between 1 and 1440 minutes.",
        ),
        "units": (not isinstance(service.units, int) or not 1 <= service.units <= 99, "Between 1 and 99 units."),
        "missed_fee_cents": (
            missed is not None and not _is_amount(missed),
            "An amount, not negative, or nothing.",
        ),
    }
    found = {name: sentence for name, (wrong, sentence) in problems.items() if wrong}
    if found:
        raise Invalid(**found)
    service.save()


def _is_amount(cents: object) -> bool:
    return isinstance(cents, int) and 0 <= cents <= LARGEST


@transaction.atomic
def change_service(viewer: Viewer, *, service_id: UUID, fields: dict[str, Any], version: int | None = None) -> Service:
    """Change a service; appointments booked before keep the fee they were booked with."""
    require(viewer, Action.PRACTICE_SETTINGS)
    service = Service.objects.select_for_update().filter(pk=service_id).first()
    if service is None:
        raise Unknown
    service.require_version(version)
    before = {name: getattr(service, name) for name in fields}
    fill_service(service, fields)
    record(viewer, "service.changed", service, changed=changes(before, fields))
    return service

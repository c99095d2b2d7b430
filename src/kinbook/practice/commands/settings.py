"""Changing a practice's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.practice.commands.clean import clean
from kinbook.rules.billing_codes import NPI, is_npi
from kinbook.rules.money import LARGEST
from kinbook.tenancy.models import Automatic, Practice
from kinbook.tenancy.refused import Conflict, Invalid, refuse_wrong

if TYPE_CHECKING:
    from datetime import date

    from kinbook.tenancy.viewer import Viewer

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
    refuse_wrong(problems)
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

"""Template words of the portal: money, dates and times as the reader's language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_datetime, format_skeleton, format_time
from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kinbook.papers.spoken import locale_now, spoken_cash, spoken_date

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def cash(context: Context, cents: int) -> str:
    """Write cents in the practice's currency."""
    return spoken_cash(cents, context["viewer"].currency)


@register.filter
def on(day: date) -> str:
    """Write a date."""
    return spoken_date(day)


@register.simple_tag(takes_context=True)
def weekday(context: Context, moment: datetime) -> str:
    """Write the date of an instant with its weekday, as the practice's clock shows it: "Friday, November 20"."""
    words = {"es": "EEEE d 'de' MMMM"}.get((get_language() or "en").partition("-")[0], "EEEE, MMMM d")
    spoken = format_datetime(moment, words, tzinfo=context["viewer"].zone, locale=locale_now())
    return spoken[:1].upper() + spoken[1:]


@register.simple_tag(takes_context=True)
def month(context: Context, moment: datetime) -> str:
    """Write the month of an instant in short."""
    return format_skeleton("MMM", moment, tzinfo=context["viewer"].zone, locale=locale_now()).rstrip(".")


@register.simple_tag(takes_context=True)
def day_number(context: Context, moment: datetime) -> int:
    """Write the day of the month of an instant."""
    return _local(context, moment).day


@register.simple_tag(takes_context=True)
def hour(context: Context, moment: datetime) -> str:
    """Write the time of an instant."""
    return format_time(moment, format="short", tzinfo=context["viewer"].zone, locale=locale_now())


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime) -> str:
    """Write date and time of an instant in short."""
    local = _local(context, moment)
    if local.date() == context["viewer"].today:
        return hour(context, moment)
    return format_datetime(moment, "MMM d, ", tzinfo=context["viewer"].zone, locale=locale_now()) + hour(
        context, moment
    )


def _local(context: Context, moment: datetime) -> datetime:
    return moment.astimezone(context["viewer"].zone)


@register.simple_tag(takes_context=True)
def in_days(context: Context, moment: datetime) -> str:
    """Write how far an instant is: today, tomorrow, in so many days."""
    days = (_local(context, moment).date() - context["viewer"].today).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


@register.filter
def why(code: str) -> str:
    """Write why a card was not charged."""
    return {
        "insufficient_funds": _("the account has too little money."),
        "expired_card": _("the card has expired."),
        "incorrect_cvc": _("the security code is wrong."),
        "authentication_required": _("your bank wants you to confirm. Try again, or use another card."),
        "changed": _("the invoice was changed meanwhile."),
    }.get(code, _("the bank declined it. Use another card, or ask your bank."))


@register.filter
def way(method: str) -> str:
    """Write how money came."""
    return {
        "card": _("Card"),
        "cash": _("Cash"),
        "check": _("Check"),
        "bank_transfer": _("Bank transfer"),
        "external_card": _("Card"),
    }.get(method, _("Other"))

"""Template words, available in every template: icons, marks, money, dates."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.numbers import format_currency
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.template import Context
    from django.utils.safestring import SafeString

register = template.Library()
PAYERS = 6


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon; it says nothing by itself, words stand beside it."""
    sprite = _sprite()
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {size}" if size else "",
        sprite,
        name,
    )


@lru_cache
def _sprite() -> str:
    return static("kinbook/icons.svg")


@register.simple_tag(takes_context=True)
def money(context: Context, cents: int | None) -> str:
    """Write cents in the practice's currency."""
    if cents is None:
        return ""
    viewer = context.get("viewer")
    return spoken_money(cents, viewer.currency if viewer else "USD")


def spoken_money(cents: int, currency: str) -> str:
    """Return cents as people read them, with the currency and a minus sign before it."""
    if currency == "USD":
        units, rest = divmod(abs(cents), 100)
        return f"{'−' if cents < 0 else ''}${units:,}.{rest:02d}"
    return format_currency(cents / 100, currency, locale="en").replace("-", "−")


@register.filter
def slot(party: Any) -> str:
    """Return the class of a payer's colour and pattern; none for who pays nothing."""
    number = getattr(party, "slot", party)
    return f"p{number}" if number else "p0"


@register.simple_tag
def mark(party: Any, size: str = "") -> SafeString:
    """Draw a payer's mark; the name stands beside it."""
    square = " org" if getattr(party, "is_organization", False) else ""
    return format_html(
        '<span class="pm {}{}{}" aria-hidden="true">{}</span>',
        slot(party),
        square,
        f" {size}" if size else "",
        party.initials,
    )


@register.simple_tag
def chip(party: Any) -> SafeString:
    """Draw a payer's mark and name, where a payer stands in running rows."""
    return format_html('<span class="chip {}">{}{}</span>', slot(party), mark(party), party.short_name)


@register.filter
def day(value: date | None, kind: str = "") -> str:
    """Write a date as people say it: "Wed 18 Nov 2026"; "short" leaves out the year, "long" the weekday."""
    if value is None:
        return ""
    if kind == "short":
        return f"{value:%a} {value.day} {value:%b}"
    if kind == "long":
        return f"{value.day} {value:%B} {value.year}"
    return f"{value:%a} {value.day} {value:%b} {value.year}"


@register.simple_tag(takes_context=True)
def clock(context: Context, moment: datetime | None) -> str:
    """Write the time of an instant as the practice's clock shows it."""
    if moment is None:
        return ""
    viewer = context.get("viewer")
    local = moment.astimezone(viewer.zone) if viewer else moment
    return f"{local.hour}:{local.minute:02d}"


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None) -> str:
    """Write an instant with date and time as the practice's clock shows it."""
    if value is None:
        return ""
    viewer = context.get("viewer")
    local = value.astimezone(viewer.zone) if viewer else value
    return f"{day(local.date())}, {local.hour}:{local.minute:02d}"


@register.filter
def parts(cents: int, total: int) -> str:
    """Return the class of a bar's part in proportion: f1 to f100."""
    return f"f{max(1, round(100 * cents / total))}" if total else "f1"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the address's query with some values changed; None takes one out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value in {None, ""}:
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}"


@register.filter
def field_attributes(field: Any) -> SafeString:
    """Draw a form's field with its errors tied to it for screen readers."""
    attributes = {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    described = [f"{field.auto_id}_error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.auto_id}_help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    widget: SafeString = mark_safe(field.as_widget(attrs=attributes))  # noqa: S308 - Django escapes its own widgets
    return widget

"""Words of reports' templates: shares and hours."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def hundredths(value: int) -> str:
    """Write hundredths of a percent: 9750 is "97.5"."""
    return f"{value / 100:.1f}".removesuffix(".0")


@register.filter
def hours(minutes: int) -> str:
    """Write minutes as hours: 90 is "1.5"."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


@register.filter
def blocks(count: int) -> range:
    """Return as many blocks as are drawn."""
    return range(count)

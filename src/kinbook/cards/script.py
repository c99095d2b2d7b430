"""What a page where a card is typed in may load: the processor's script, and what that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

View = TypeVar("View", bound="Callable[..., object]")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def card_policy() -> dict[str, list[str]]:
    """Return the policy of such a page; every other page loads nothing of others."""
    script, api = _origin(settings.STRIPE_SCRIPT), _origin(settings.STRIPE_API)
    return {
        "script-src": ["'self'", script],
        "connect-src": ["'self'", api],
        "frame-src": [script, "https://hooks.stripe.com"],
    }


def takes_cards(view: View) -> View:
    """Let a page where a card is typed in load what that needs; no other page does."""
    allow: Any = csp_update(card_policy())
    return cast("View", allow(view))

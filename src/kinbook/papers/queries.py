"""The letterhead in force, and logos as papers draw them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.papers.models import Letterhead

if TYPE_CHECKING:
    from kinbook.tenancy.models import Practice


def letterhead_in_force() -> Letterhead | None:
    """Return the practice's letterhead, without its logo's content; None where it has not been set up."""
    return Letterhead.objects.defer("logo").order_by("-pk").first()


def logo_of(letterhead_id: str | None) -> list[int] | None:
    """Return a letterhead's logo as numbers, as the template reads it; None where it has none."""
    return list(_bytes_of(letterhead_id)) or None if letterhead_id else None


@lru_cache(maxsize=16)
def _bytes_of(letterhead_id: str) -> bytes:
    """Return a logo's content; a letterhead never changes, so that it is read once."""
    found = Letterhead.objects.filter(pk=UUID(letterhead_id)).values_list("logo", flat=True).first()
    return bytes(found or b"")


def footer_of(practice: Practice, letterhead: Letterhead | None, language: str) -> str:
    """Return the footer of papers in a language."""
    spanish = letterhead.footer_es if letterhead and language == "es" else ""
    return spanish or practice.invoice_footer or practice.name

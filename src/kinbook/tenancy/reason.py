"""Why something was done, as it stays on record."""

from __future__ import annotations

from kinbook.tenancy.refused import Invalid

LONGEST_REASON = 500


def read_why(text: str, *, missing: str = "Say why.") -> str:
    """Return a reason as it is kept, cut to its longest; raises Invalid beside `reason` where there is none."""
    kept = text.replace("\x00", "").strip()[:LONGEST_REASON]
    if not kept:
        raise Invalid(reason=missing)
    return kept

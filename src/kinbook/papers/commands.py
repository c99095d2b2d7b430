"""Changing the letterhead: what is uploaded as a logo is looked at and drawn anew, never kept as it came."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.papers.models import Letterhead
from kinbook.practice.commands import clean
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

LARGEST = 3 * 1000 * 1000
MOST_PIXELS = 25_000_000
ROOM = (900, 240)
"""Points a logo is drawn to at most: sharp at the size it has on paper."""
KINDS = ["PNG", "JPEG", "WEBP", "GIF"]
COLOUR = re.compile(r"#[0-9a-f]{6}")


@transaction.atomic
def set_letterhead(
    viewer: Viewer, *, colour: str, footer_es: str = "", logo: bytes | None = None, without_logo: bool = False
) -> Letterhead:
    """Change the letterhead of papers from now on; without a new `logo` the one there is stays."""
    require(viewer, Action.BILLING_SETTINGS)
    plain = colour.strip().lower()
    if not COLOUR.fullmatch(plain):
        raise Invalid(colour="A color looks like #2f5d50.")
    if not is_dark(plain):
        raise Invalid(colour="Headings in this color cannot be read on white: choose a darker one.")
    before = Letterhead.objects.order_by("-pk").first()
    kept = bytes(before.logo) if before and before.logo and not without_logo else None
    made = Letterhead.objects.create(
        practice_id=viewer.practice_id,
        logo=drawn_anew(logo) if logo else kept,
        colour=plain,
        footer_es=clean(footer_es, longest=1000, lines=True),
        made_at=viewer.now,
        made_by=viewer.name,
    )
    record(viewer, "letterhead.changed", made, colour=plain, logo=made.logo is not None)
    return made


def is_dark(colour: str) -> bool:
    """Tell whether a color stands out from white, 4.5 to 1 (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05) >= 4.5


def drawn_anew(content: bytes) -> bytes:
    """Return a picture drawn anew as a PNG of moderate size; Invalid where it is none, or too large."""
    if len(content) > LARGEST:
        raise Invalid(logo=f"The logo is larger than {LARGEST // 1_000_000} MB: make it smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Invalid(logo="The logo has more points than are taken: make it smaller.")
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Invalid(logo="This is no PNG, JPEG, WebP or GIF picture, or it is damaged.") from None
    upright.thumbnail(ROOM)
    made = io.BytesIO()
    Image.frombytes("RGBA", upright.size, upright.tobytes()).save(made, "PNG", optimize=True)
    return made.getvalue()

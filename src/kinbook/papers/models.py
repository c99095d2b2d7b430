"""The letterhead of the practice's papers; each change is a row: a kept document finds the one it had."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.tenancy.models import PracticeRow

INK = "#1d2320"
"""The colour of headings where the practice has chosen none."""


class Letterhead(PracticeRow):
    """Logo, colour and the Spanish footer of papers from one moment on; the last one made is in force."""

    logo = models.BinaryField(null=True, help_text="a PNG, drawn anew from what was uploaded")
    colour = models.TextField(default=INK)
    footer_es = models.TextField(blank=True, default="", help_text="empty: the same as in English")
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(colour__regex="^#[0-9a-f]{6}$"), name="letterhead_colour"),
        ]
        indexes = [models.Index(fields=["practice", "-id"], name="letterheads_by_time")]

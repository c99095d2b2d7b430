"""A tally is a sum of small steps: every change adds a row, and a job folds rows together."""

from __future__ import annotations

from django.db import models

from kinbook.tenancy.models import PracticeRow


class Kind(models.TextChoices):
    """What is counted."""

    NEEDS_PAYER = "needs_payer", "Needs a payer"
    UNINVOICED = "uninvoiced", "Uninvoiced"
    DUE = "due", "Due, by due date"
    CREDIT = "credit", "Unapplied credit"


class Tally(PracticeRow):
    """A step of a count and of its cents; `on_date` is set where the count is kept by date."""

    kind = models.TextField(choices=Kind.choices)
    on_date = models.DateField(null=True)
    count = models.BigIntegerField()
    cents = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["practice", "kind", "on_date"], include=["count", "cents"], name="tally_by_kind")
        ]

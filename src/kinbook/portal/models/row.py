"""What every view has: its own key, and the practice."""

from __future__ import annotations

from django.db import models


class Row(models.Model):
    """A row of one of the views; they show the named practice and the signed-in person only."""

    id = models.UUIDField(primary_key=True)
    practice_id = models.UUIDField()

    class Meta:
        abstract = True

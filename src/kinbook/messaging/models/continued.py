"""That a conversation goes on in another: who takes part is fixed, so who answers in somebody's place begins anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kinbook.access.models import never_twice
from kinbook.messaging.models.talk import Conversation
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

if TYPE_CHECKING:
    from datetime import date


class Continuation(PracticeRow):
    """That somebody answers in another conversation in place of one who is away or has left, from and until a day.

    On these days the first takes no messages; on all others the next takes none. Without `next` nobody took over. Both
    are named as they were called on the day it was settled.
    """

    conversation = PracticeForeignKey(Conversation, on_delete=models.PROTECT, related_name="continuations")
    next = PracticeForeignKey(Conversation, on_delete=models.PROTECT, null=True, related_name="continues")
    of_name = models.TextField(help_text="who is away, or has left")
    by_name = models.TextField(blank=True, default="", help_text="who answers in their place")
    starts_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            never_twice("continued_once", "conversation"),
            models.UniqueConstraint(fields=["practice", "next"], name="continues_one"),
            # no day at all is left of one that another goes before
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="continuation_dates"),
        ]

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a day."""
        return self.starts_on <= on and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        """Tell whether they are back by a day."""
        return self.until is not None and self.until <= on

"""Where a conversation goes on when somebody is away or has left, and what it continues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.messaging.models import Continuation

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def day_in_words(on: date) -> str:
    """Return a day as sentences bear it."""
    return f"{on.day} {on:%B} {on.year}"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a conversation goes on today or from a day to come (`onward`), and what it continues (`back`)."""

    today: date
    onward: Continuation | None = None
    back: Continuation | None = None

    @property
    def has_gone_on(self) -> bool:
        """Tell whether it goes on elsewhere today."""
        return self.onward is not None and self.onward.holds(self.today)

    @property
    def is_over(self) -> bool:
        """Tell whether the conversation it continued goes on again."""
        return self.back is not None and self.back.is_over(self.today)

    @property
    def is_to_come(self) -> bool:
        """Tell whether it begins on a day to come."""
        return self.back is not None and not self.is_over and not self.back.holds(self.today)

    @property
    def why_still(self) -> str:
        """Return why nothing can be written here today; "" where something can."""
        if self.onward and self.has_gone_on:
            who = self.onward
            if not who.next_id:
                return f"{who.of_name} has left, and nobody took over: begin another conversation."
            back = f" until {day_in_words(who.until)}" if who.until else ""
            return f"{who.by_name} answers in place of {who.of_name}{back}, in another conversation."
        if self.back and self.is_over:
            return f"{self.back.of_name} is back: it goes on in the conversation before."
        if self.back and self.is_to_come:
            first = day_in_words(self.back.starts_on)
            return f"It begins on {first}: until then {self.back.of_name} answers in the conversation before."
        return ""


def way_of(viewer: Viewer, conversation_id: UUID) -> Way:
    """Return where a conversation goes on, and what it continues: one statement."""
    touching = Continuation.objects.filter(Q(conversation_id=conversation_id) | Q(next_id=conversation_id))
    onward = back = None
    for each in touching.order_by("starts_on", "pk"):
        if each.next_id == conversation_id:
            back = each
        elif onward is None and not each.is_over(viewer.today):
            onward = each
    return Way(viewer.today, onward, back)

"""What became of a document: sent to whom, delivered or not, opened when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.documents.models import Opening, Sending
from kinbook.mail.models import LetterState
from kinbook.people.queries import roots
from kinbook.people.queries.mailbox import own_addresses

if TYPE_CHECKING:
    from datetime import datetime

    from kinbook.documents.models import Document


@dataclass(frozen=True, slots=True)
class Sent:
    """A document sent: when, where to, how far it is, and what went wrong."""

    at: datetime
    to: str
    state: str
    problem: str
    by: str

    @property
    def is_failed(self) -> bool:
        """Tell whether it did not arrive."""
        return self.state == LetterState.FAILED.label


@dataclass(frozen=True, slots=True)
class Opened:
    """A document's paper opened: when and how."""

    at: datetime
    how: str


def sent_of(document: Document) -> list[Sent]:
    """Return every sending of a document, the last first."""
    rows = Sending.objects.filter(document=document).select_related("letter").order_by("-sent_at", "-pk")
    return [
        Sent(row.sent_at, row.letter.to, row.letter.get_state_display(), row.letter.problem, row.sent_by)
        for row in rows
    ]


SHOWN = 20


def opened_of(document: Document) -> list[Opened]:
    """Return when a document's paper was opened, the last times first."""
    rows = Opening.objects.filter(document=document).order_by("-opened_at", "-pk")[:SHOWN]
    return [Opened(row.opened_at, row.get_way_display()) for row in rows]


def address_of_payer(document: Document) -> str:
    """Return where a document would be mailed; "" where its payer has no address of their own."""
    payer = roots([document.payer_id])[document.payer_id]
    return own_addresses([payer.pk]).get(payer.pk, "")

"""The chain of a conversation's messages: each digest is over the message and the digest before.

The database computes the same when a message is added (`kinbook_message_digest`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

FORM = "kinbook message 1"
NONE = "-"


@dataclass(frozen=True, slots=True)
class Link:
    """What of a message its digest is computed over; `author` is "member:<id>" or "party:<id>"."""

    conversation_id: UUID
    number: int
    id: UUID
    author: str
    sent_at: datetime
    retracts_id: UUID | None
    is_automatic: bool
    files_digest: str
    body_digest: str
    author_name: str


def digest_of(link: Link, before: str) -> str:
    """Return a message's digest in hexadecimal; `before` is the digest of the one before, "" for the first."""
    lines = (
        FORM,
        before,
        link.conversation_id,
        link.number,
        link.id,
        link.author,
        microseconds(link.sent_at),
        link.retracts_id or NONE,
        "automatic" if link.is_automatic else NONE,
        link.files_digest or NONE,
        link.body_digest,
        link.author_name,
    )
    return sha256("\n".join(str(line) for line in lines))


def sha256(text: str) -> str:
    """Return the digest of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def microseconds(moment: datetime) -> int:
    """Return an instant as whole microseconds since 1970."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + moment.microsecond


def files_digest(files: Iterable[tuple[str, str, str]]) -> str:
    """Return the digest over files as (name, type, SHA-256 of the content); "" where there are none."""
    lines = ["\n".join(each) for each in files]
    return sha256("\n".join(lines)) if lines else ""

"""Writing letters: stored with their cause, sent by a job once the cause is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string

from kinbook.mail.models import Channel, Letter
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def write_letter(
    viewer: Viewer,
    *,
    to: str,
    template: str,
    values: Mapping[str, object],
    links: Mapping[str, str] | None = None,
    party_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> Letter:
    """Write a letter from a template (`mail/<name>.txt` and its subject) and have it sent. Part of a command.

    `links` are paths with their words; the letter shows them as full addresses. Subjects name no client, service,
    sender or amount.
    """
    from kinbook.mail.jobs import send_letter

    practice = Practice.objects.get(pk=viewer.practice_id)
    full = {words: f"{settings.PUBLIC_URL}{path}" for words, path in (links or {}).items()}
    context = {**values, "practice": practice, "links": full}
    letter = Letter.objects.create(
        practice_id=viewer.practice_id,
        to=to,
        party_id=party_id,
        channel=Channel.EMAIL,
        subject=" ".join(render_to_string(f"mail/{template}.subject.txt", context).split()),
        body=render_to_string(f"mail/{template}.txt", context).strip() + "\n",
        links=list(full.values()),
        invoice_id=invoice_id,
        written_at=viewer.now,
    )
    send_letter.defer(practice_id=str(viewer.practice_id), letter_id=str(letter.pk))
    return letter

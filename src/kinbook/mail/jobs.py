"""Sending letters: outside the transaction that wrote them, again with growing pauses while the mail server is away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.module_loading import import_string

from kinbook.jobs.app import OUTSIDE, app
from kinbook.mail.models import Letter, LetterState
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from procrastinate import JobContext

TIMEOUT = 20


@app.task(name="mail.send_letter", retry=OUTSIDE, pass_context=True)
def send_letter(context: JobContext, practice_id: str, letter_id: str) -> None:
    """Send one letter and note what became of it; in the demo the outbox page is where it arrives."""
    practice = UUID(practice_id)
    identity = Identity(practice, ViewerKind.JOB, practice)
    with acting_as(identity):
        letter = Letter.objects.filter(pk=letter_id, state=LetterState.WAITING).first()
        if letter is None:
            return
        pdf = import_string(settings.LETTER_PDF)(identity, letter) if letter.invoice_id else None
    problem = "" if settings.DEMO or settings.TESTING else _deliver(letter, pdf)
    last = context.job.attempts + 1 >= OUTSIDE.max_attempts if OUTSIDE.max_attempts else False
    with acting_as(identity):
        _note(letter, problem, last=last)
    if problem and not last:
        raise OSError("the mail server did not take the letter")


def _deliver(letter: Letter, pdf: tuple[str, bytes] | None) -> str:
    """Hand the letter to the mail server; returns what went wrong, in words for the practice."""
    if not settings.EMAIL_HOST:
        return "No mail server is set up: set KINBOOK_SMTP_URL."
    message = EmailMessage(letter.subject, letter.body, settings.MAIL_FROM, [letter.to])
    # the mail server sees the same id when a letter is tried again
    message.extra_headers["Message-ID"] = f"<{letter.pk}@kinbook>"
    if pdf:
        message.attach(pdf[0], pdf[1], "application/pdf")
    try:
        get_connection(timeout=TIMEOUT).send_messages([message])
    except OSError as away:
        return f"The mail server did not take it ({type(away).__name__})."
    return ""


def _note(letter: Letter, problem: str, *, last: bool) -> None:
    done = Letter.objects.filter(pk=letter.pk)
    if problem:
        state = LetterState.FAILED if last else LetterState.WAITING
        done.update(state=state, attempts=letter.attempts + 1, problem=problem)
    else:
        done.update(state=LetterState.SENT, attempts=letter.attempts + 1, problem="", sent_at=datetime.now(UTC))

"""Every mail or text the practice sends, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Channel(models.TextChoices):
    """How a letter travels."""

    EMAIL = "email", "E-mail"
    TEXT = "text", "Text"


class LetterState(models.TextChoices):
    """How far a letter is."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class Letter(PracticeRow):
    """One mail or text to one person. The subject names no client, service, sender or amount."""

    to = models.TextField()
    party = PracticeForeignKey("people.Party", on_delete=models.PROTECT, null=True)
    channel = models.TextField(choices=Channel.choices, default=Channel.EMAIL)
    subject = models.TextField()
    body = models.TextField()
    links = models.JSONField(default=list)
    invoice_id = models.UUIDField(null=True, help_text="whose PDF goes with it")
    state = models.TextField(choices=LetterState.choices, default=LetterState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "-written_at"], name="letters_by_time"),
            models.Index(fields=["practice", "written_at"], name="failed_letters", condition=Q(state="failed")),
        ]

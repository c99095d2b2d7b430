"""First answers, kept for a day: a program that asks again gets the same one, and nothing is done twice."""

from __future__ import annotations

from django.db import models

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Answer(PracticeRow):
    """What a POST with an Idempotency-Key was answered; without a status while it is being made."""

    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    key = models.TextField()
    digest = models.BinaryField(help_text="of the method, the address and the body")
    made_at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "member", "key"], name="answered_once"),
        ]
        indexes = [models.Index(fields=["practice", "made_at"], name="answers_by_age")]

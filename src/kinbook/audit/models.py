"""The audit log."""

from __future__ import annotations

from django.db import models

from kinbook.tenancy.models import PracticeRow


def deed(action: str) -> str:
    """Return an action in words."""
    return action.replace(".", " ").replace("_", " ")


class Entry(PracticeRow):
    """One thing done or looked at.

    Names stand in it as they were; ids carry no foreign key, because an entry outlives its subject.
    """

    at = models.DateTimeField()
    viewer_kind = models.TextField()
    viewer_id = models.UUIDField()
    viewer_name = models.TextField(blank=True, default="")
    action = models.TextField(help_text="what was done, in the past tense: invoice.voided")
    subject_kind = models.TextField(blank=True, default="")
    subject_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)
    address = models.TextField(blank=True, default="")
    request_id = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["practice", "-at", "-id"], name="audit_by_time"),
            models.Index(
                fields=["practice", "client_id", "-at"],
                name="audit_by_client",
                condition=models.Q(client_id__isnull=False),
            ),
            models.Index(fields=["practice", "viewer_id", "-at"], name="audit_by_viewer"),
        ]

    @property
    def deed(self) -> str:
        """The action as people read it: "invoice voided"."""
        return deed(self.action)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

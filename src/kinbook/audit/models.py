"""The audit log."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kinbook.tenancy.models import PracticeRow


def deed(action: str) -> str:
    """Return an action in words."""
    return action.replace(".", " ").replace("_", " ")


class Entry(PracticeRow):
    """One thing done or looked at.

    Names stand in it as they were; ids carry no foreign key, because an entry outlives its subject. Details that were
    erased when their time was over are None.
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
            models.Index(fields=["practice", "action", "-at"], name="audit_by_action"),
        ]

    @property
    def deed(self) -> str:
        """The action as people read it: "invoice voided"."""
        return deed(self.action)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class Seal(PracticeRow):
    """What was added to the log, in digests, tied to the seal before; only the database writes one.

    `entries`, `contents` and `details` run in step: an id, the digest of the entry, the digest of its details.
    """

    number = models.BigIntegerField(help_text="1, 2, 3 … of the practice, without gaps")
    sealed_at = models.DateTimeField()
    entries = ArrayField(models.UUIDField())
    contents = ArrayField(models.BinaryField())
    details = ArrayField(models.BinaryField())
    previous = models.BinaryField(help_text="the digest of the seal before; empty for the first")
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="seal_numbered_once")]

    def __str__(self) -> str:
        return f"{self.number} {bytes(self.digest).hex()}"


class HeadAddress(PracticeRow):
    """Where the newest seal goes every day by mail: outside, where nobody who makes the chain anew can reach it."""

    email = models.TextField()
    sent_on = models.DateField(null=True, help_text="the last day a seal was sent on, by the practice's clock")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="one_head_address"),
            models.CheckConstraint(condition=~models.Q(email=""), name="head_address_is_one"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

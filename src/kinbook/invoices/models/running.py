"""Runs: many invoices made at once, step by step."""

from __future__ import annotations

from django.db import models

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class RunState(models.TextChoices):
    """How far a run is."""

    WORKING = "working", "Working"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    VOIDED = "voided", "Voided"


class Run(PracticeRow):
    """Many invoices made at once, step by step: killed, it goes on at the next step."""

    through = models.DateField()
    mode = models.TextField(
        blank=True, default="", db_default="", help_text="daily or monthly: of clients invoiced so; empty: by hand"
    )
    by_family = models.BooleanField(default=False)
    client_ids = models.JSONField(null=True, help_text="null: every client")
    state = models.TextField(choices=RunState.choices, default=RunState.WORKING)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    member_id = models.UUIDField(null=True, help_text="whose rights it acts with; null: the practice's own rule")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "-started_at"], name="runs_by_time")]


class RunStep(PracticeRow):
    """Up to 200 whole families of a run, or one payer over all its clients: one transaction, done or not done."""

    run = PracticeForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    position = models.IntegerField()
    client_ids = models.JSONField()
    payer_id = models.UUIDField(null=True, help_text="who wants one invoice over all its clients")
    charges = models.IntegerField()
    done = models.BooleanField(default=False)
    invoices = models.IntegerField(default=0)
    cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "run", "position"], name="run_step_once")]

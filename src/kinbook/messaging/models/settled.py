"""What was settled about messages: words that are used again, who is away, and who may be written to together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kinbook.access.models import never_twice
from kinbook.people.models import Client, Party
from kinbook.team.models import Member
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned


class Template(PracticeRow, Versioned):
    """Words that are used again and again."""

    name = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="template_name")]


class Absence(PracticeRow):
    """That a member is away from and until a date: who writes to them is answered once, with what to do in need."""

    member = PracticeForeignKey(Member, on_delete=models.CASCADE)
    starts_on = models.DateField()
    until = models.DateField()
    words = models.TextField(help_text="what is answered")
    emergency = models.TextField(help_text="what to do in an emergency")

    class Meta:
        constraints = [
            never_twice("away_once", "member"),
            models.CheckConstraint(condition=Q(until__gt=F("starts_on")), name="absence_dates"),
        ]


class Fact(models.TextChoices):
    """What was settled about two people."""

    TOGETHER = "together", "May be written to together"
    APART = "apart", "Keep apart"


class FamilyFact(PracticeRow):
    """That two people around a client agreed to be written to together, or must be kept apart; from and until a date.

    `one` is the smaller id. Keeping apart goes before any agreement.
    """

    client = PracticeForeignKey(Client, on_delete=models.CASCADE)
    one = PracticeForeignKey(Party, on_delete=models.CASCADE)
    other = PracticeForeignKey(Party, on_delete=models.CASCADE)
    fact = models.TextField(choices=Fact.choices)
    starts_on = models.DateField()
    until = models.DateField(null=True)
    note = models.TextField(blank=True, default="")
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            never_twice("family_fact_once", "client", "one", "other", "fact"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="family_fact_order"),
        ]
        indexes = [models.Index(fields=["practice", "client"], name="family_facts_of_client")]

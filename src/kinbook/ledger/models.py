"""Entries, their lines, and the sums of lines by payer and client. Nobody but this package imports these."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

REPORTED = ("income", "tax", "prepaid", "discount", "cash", "processor", "fees", "write_off")
"""Accounts that are summed by date; what is owed and what is in credit is kept in balances."""


class Entry(PracticeRow):
    """A money event: its lines sum to zero, and neither can ever be changed."""

    event = models.TextField()
    on_date = models.DateField()
    posted_at = models.DateTimeField()
    posted_by = models.TextField(blank=True, default="")
    invoice_id = models.UUIDField(null=True)
    payment_id = models.UUIDField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["practice", "on_date", "id"], name="entries_by_date"),
        ]


class Line(PracticeRow):
    """One leg of an entry in cents: debit positive, credit negative.

    `on_date` is its entry's, kept beside what is summed by date: the database refuses another.
    """

    entry = PracticeForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.TextField()
    cents = models.BigIntegerField()
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, null=True)
    invoice_id = models.UUIDField(null=True)
    service = PracticeForeignKey("practice.Service", on_delete=models.PROTECT, null=True)
    method = models.TextField(blank=True, default="")
    clinician = PracticeForeignKey("team.Member", on_delete=models.PROTECT, null=True)
    on_date = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(cents=0), name="line_is_not_zero")]
        indexes = [
            models.Index(fields=["practice", "entry"], name="lines_of_entry"),
            models.Index(fields=["practice", "payer", "account"], include=["cents", "client"], name="lines_of_payer"),
            models.Index(fields=["practice", "client", "account"], include=["cents", "payer"], name="lines_of_client"),
            models.Index(
                fields=["practice", "invoice_id"],
                include=["cents", "client", "account"],
                name="lines_of_invoice",
                condition=models.Q(invoice_id__isnull=False),
            ),
            models.Index(
                fields=["practice", "account", "on_date"],
                include=["cents", "service", "clinician", "client", "payer", "method"],
                name="lines_by_date",
                condition=models.Q(account__in=REPORTED),
            ),
        ]


class Book(models.Model):
    """The practice's book: a row to lock. Who posts shares it, who closes a month holds it alone."""

    practice = models.OneToOneField("tenancy.Practice", primary_key=True, on_delete=models.PROTECT, related_name="+")


class Closing(PracticeRow):
    """A month that takes no more entries: `starts_on` its first day, `until` the first day after it."""

    starts_on = models.DateField()
    until = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__day=1, until__day=1, until__gt=models.F("starts_on")), name="closed_month"
            )
        ]
        indexes = [models.Index(fields=["practice", "-until"], name="closings_by_month")]


class Reopening(PracticeRow):
    """A closed month opened again by the owner: who, when and why."""

    closing = PracticeForeignKey(Closing, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.TextField()
    reopened_at = models.DateTimeField()
    reopened_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "closing"], name="reopened_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="reopening_has_a_reason"),
        ]


class Balance(models.Model):
    """The sum of the lines of one account, payer and client: kept by a trigger, never written by the program."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID())
    practice_id = models.UUIDField()
    account = models.TextField()
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, null=True)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "payer", "account", "client"],
                nulls_distinct=False,
                name="one_balance",
            )
        ]
        indexes = [
            models.Index(
                fields=["practice_id", "client"],
                include=["account", "cents", "payer"],
                name="balance_of_client",
            ),
            models.Index(
                fields=["practice_id", "account"],
                name="open_credit",
                condition=models.Q(account="credit") & ~models.Q(cents=0),
            ),
        ]

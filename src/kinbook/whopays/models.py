"""What was agreed about payment, the charges it decides, and everybody's share of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.models import never_twice
from kinbook.access.policy import clients_in_reach
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer


class Arrangement(PracticeRow):
    """The rules of who pays for one client over local dates; the ranges of one client never overlap.

    `rule` and `exceptions` are in the form of `rules.reading`. `counts_with` is the arrangement whose turns and cents
    are carried on, itself where it starts at zero; it outlives the row it names.
    """

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE, related_name="arrangements")
    starts_on = models.DateField(null=True)
    until = models.DateField(null=True)
    rule = models.JSONField()
    exceptions = models.JSONField(default=list)
    counts_with = models.UUIDField()
    set_by = models.TextField(blank=True, default="")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            never_twice("one_arrangement_at_a_time", "client"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until=None) | Q(until__gt=F("starts_on")),
                name="arrangement_dates",
            ),
        ]
        indexes = [models.Index(fields=["practice", "client"], name="arrangements_of_client")]


class ArrangementPayer(PracticeRow):
    """Somebody an arrangement may bill: what makes a family of clients, and finds who is responsible."""

    arrangement = PracticeForeignKey(Arrangement, on_delete=models.CASCADE, related_name="named")
    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    party = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    by_default_rule = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "arrangement", "party"], name="payer_named_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "party", "client"], name="arrangements_of_payer"),
            models.Index(fields=["practice", "client"], name="payers_of_client"),
        ]


class Coverage(PracticeRow, Versioned):
    """A third party that pays first for one client, from and until a date, within limits.

    `file_number` is what the third party calls the client by: its own number for them.
    """

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    organization = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    starts_on = models.DateField(null=True)
    until = models.DateField(null=True)
    authorization = models.TextField(blank=True, default="")
    file_number = models.TextField(blank=True, default="")
    percent = models.IntegerField(null=True, help_text="hundredths of a percent")
    fixed_cents = models.BigIntegerField(null=True)
    max_sessions = models.IntegerField(null=True)
    max_cents = models.BigIntegerField(null=True)
    service_ids = models.JSONField(default=list)
    missed_fees = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent=None) | Q(fixed_cents=None), name="coverage_terms"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__range=(1, 10000)), name="coverage_percent"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until=None) | Q(until__gt=F("starts_on")),
                name="coverage_dates",
            ),
        ]
        indexes = [models.Index(fields=["practice", "client", "position", "id"], name="coverages_of_client")]


class ChargeKind(models.TextChoices):
    """What a charge is for."""

    SESSION = "session", "Session"
    MISSED = "missed", "Missed appointment"
    PRODUCT = "product", "Product"
    FEE = "fee", "Fee"


class ChargeState(models.TextChoices):
    """Whether a charge bills: scheduled ones are forecast, idle ones (canceled, of nothing) are not charged."""

    SCHEDULED = "scheduled", "Scheduled"
    BILLABLE = "billable", "Billable"
    IDLE = "idle", "Not charged"
    WAIVED = "waived", "Written off before it was invoiced"


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges of the practice."""

    def visible_to(self, viewer: Viewer) -> ChargeQuerySet:
        """Return those of clients whose amounts the viewer may see."""
        return self.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE))


class Charge(PracticeRow):
    """An amount owed for one thing. The charge of an appointment bears the appointment's id.

    Its decision stands in the columns below and in its shares. While nothing was invoiced it is a forecast, rewritten
    with every fact that changes it. `fixed_order` is set when the first share is invoiced: from then on it stays;
    when no share stands on a live invoice any more, the charge is free to be decided anew.
    """

    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, related_name="charges")
    kind = models.TextField(choices=ChargeKind.choices)
    state = models.TextField(choices=ChargeState.choices)
    service = PracticeForeignKey("practice.Service", on_delete=models.PROTECT, null=True)
    product = PracticeForeignKey("practice.Product", on_delete=models.PROTECT, null=True)
    clinician = PracticeForeignKey("team.Member", on_delete=models.PROTECT, null=True)
    description = models.TextField()
    cents = models.BigIntegerField(help_text="what is owed: the fee less its discount")
    discount_cents = models.BigIntegerField(db_default=0)
    discounted_as = models.TextField(blank=True, db_default="", help_text="sliding fee, or a discount of its own")
    lowered_cents = models.BigIntegerField(db_default=0, help_text="taken off by credit notes as the fee was lowered")
    on_date = models.DateField()
    moment = models.DateTimeField()
    confidential = models.BooleanField(default=False)

    fixed_order = models.BigIntegerField(null=True)
    needs = models.TextField(blank=True, default="", help_text="what is missing where nobody can be billed")
    explanation = models.TextField(blank=True, default="")
    rule_key = models.TextField(blank=True, default="")
    turn = PracticeForeignKey("people.Party", on_delete=models.PROTECT, null=True)
    given = models.JSONField(null=True, help_text="cents by payer before caps; null: in no account")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gte=0), name="charge_is_not_negative"),
            models.CheckConstraint(condition=Q(discount_cents__gte=0), name="charge_discount_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "moment", "id"], name="charges_of_client"),
            models.Index(
                fields=["practice", "on_date", "id"],
                name="charges_needing_a_payer",
                condition=Q(state="billable") & ~Q(needs=""),
            ),
        ]

    @property
    def fee_cents(self) -> int:
        """What it comes to before the discount, and after credit notes for a lower fee."""
        return self.cents + self.discount_cents - self.lowered_cents


class Discount(PracticeRow):
    """A client's sliding fee from and until a date, or the discount of one charge.

    One of percent (hundredths), an amount off, or a fixed fee. `service_ids` names the services it is for, none: all.
    """

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE, related_name="discounts")
    charge = PracticeForeignKey(Charge, on_delete=models.CASCADE, null=True)
    starts_on = models.DateField(null=True)
    until = models.DateField(null=True)
    percent = models.IntegerField(null=True, help_text="hundredths of a percent")
    cents = models.BigIntegerField(null=True, help_text="taken off each fee")
    fixed_cents = models.BigIntegerField(null=True, help_text="asked instead of the fee, where that is more")
    service_ids = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    set_by = models.TextField(blank=True, default="")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            never_twice("one_sliding_fee_at_a_time", "client", condition=Q(charge=None)),
            models.UniqueConstraint(fields=["practice", "charge"], name="one_discount_of_a_charge"),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 10000), cents=None, fixed_cents=None)
                | Q(percent=None, cents__gt=0, fixed_cents=None)
                | Q(percent=None, cents=None, fixed_cents__gte=0),
                name="discount_terms",
            ),
            models.CheckConstraint(
                condition=Q(charge__isnull=False) | Q(starts_on__isnull=False), name="sliding_fee_begins"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("starts_on")), name="discount_dates"),
        ]
        indexes = [models.Index(fields=["practice", "client"], name="discounts_of_client")]


class Override(PracticeRow):
    """One charge's own payer or split, with who set it and why."""

    charge = PracticeForeignKey(Charge, on_delete=models.CASCADE, related_name="overrides")
    rule = models.JSONField()
    note = models.TextField(blank=True, default="")
    set_by = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "charge"], name="one_override")]


class ShareSource(models.TextChoices):
    """What gave a share to its payer."""

    COVERAGE = "coverage", "Third party"
    RULE = "rule", "Arrangement"
    OVERRIDE = "override", "Set for this charge"
    READDRESS = "readdress", "Re-addressed"


class Share(PracticeRow):
    """One payer's part of a charge. `invoice_id` is the live invoice it stands on: never more than one."""

    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    charge = PracticeForeignKey(Charge, on_delete=models.CASCADE, related_name="shares")
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    cents = models.BigIntegerField()
    reason = models.TextField()
    payer_reason = models.TextField()
    source = models.TextField(choices=ShareSource.choices)
    coverage_id = models.UUIDField(null=True)
    position = models.SmallIntegerField()
    billable = models.BooleanField(help_text="the charge bills; false while it is scheduled")
    on_date = models.DateField()
    invoice_id = models.UUIDField(null=True)
    invoice_name = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="share_is_positive"),
            models.CheckConstraint(condition=Q(invoice_id=None) | Q(billable=True), name="invoiced_share_bills"),
        ]
        indexes = [
            models.Index(fields=["practice", "charge", "position"], name="shares_of_charge"),
            models.Index(
                fields=["practice", "client", "on_date"],
                name="uninvoiced_shares",
                include=["payer", "cents"],
                condition=Q(invoice_id=None, billable=True),
            ),
            models.Index(
                fields=["practice", "on_date"],
                name="shares_to_come",
                include=["client", "payer", "cents"],
                condition=Q(billable=False),
            ),
            models.Index(fields=["practice", "payer", "client"], name="shares_of_payer"),
            models.Index(fields=["practice", "invoice_id"], name="shares_of_invoice", condition=~Q(invoice_id=None)),
            models.Index(
                fields=["practice", "coverage_id"],
                name="shares_of_coverage",
                include=["billable", "cents"],
                condition=~Q(coverage_id=None),
            ),
        ]

"""Documents: what was put on paper for a payer, kept as it was; the paper is set from that again at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.models import never_twice
from kinbook.access.policy import clients_in_reach
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

TEMPLATE = 1
"""How contents are put on paper today; a document keeps the number it was made with."""


class Kind(models.TextChoices):
    """What a document is."""

    STATEMENT = "statement", "Statement"
    SUPERBILL = "superbill", "Superbill"
    RECEIPT = "receipt", "Receipt"
    ESTIMATE = "estimate", "Good-faith estimate"
    TAX_YEAR = "tax_year", "Tax-year summary"
    PROOF = "proof", "Proof of expense"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents of the practice."""

    def visible_to(self, viewer: Viewer) -> DocumentQuerySet:
        """Return those of whose clients the viewer may see the amounts, of all of them: a paper is whole or hidden."""
        reach = clients_in_reach(viewer, Action.AMOUNTS_SEE)
        if not reach:
            return self.all()
        about = DocumentClient.objects.filter(document_id=OuterRef("pk"))
        return self.filter(Exists(about.filter(reach)), ~Exists(about.exclude(reach)))


class Document(PracticeRow):
    """One paper for one payer: what it says, about which dates, in which language. It is never changed."""

    kind = models.TextField(choices=Kind.choices)
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, null=True)
    from_on = models.DateField()
    to_on = models.DateField()
    language = models.TextField()
    content = models.JSONField()
    template = models.SmallIntegerField(default=TEMPLATE)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    run_id = models.UUIDField(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="document_dates"),
            models.UniqueConstraint(
                fields=["practice", "run_id", "payer"], name="one_document_a_run", condition=~Q(run_id=None)
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "-made_at", "-id"], name="documents_by_time"),
            models.Index(fields=["practice", "payer", "-made_at"], name="documents_of_payer"),
        ]

    @property
    def name(self) -> str:
        """What it is called: "Statement"."""
        return str(self.get_kind_display())


class DocumentClient(PracticeRow):
    """A client whom a document is about: who may see it follows from these."""

    document = PracticeForeignKey(Document, on_delete=models.PROTECT, related_name="about")
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "document", "client"], name="document_client_once")]
        indexes = [models.Index(fields=["practice", "client", "document"], name="documents_of_client")]


class Diagnosis(PracticeRow):
    """An ICD-10 code of a client, from and until a local date; entered by who treats them."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    code = models.TextField()
    description = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    until = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.TextField()

    class Meta:
        verbose_name_plural = "diagnoses"
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="diagnosis_has_a_code"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("starts_on")), name="diagnosis_dates"),
        ]
        indexes = [models.Index(fields=["practice", "client", "starts_on"], name="diagnoses_of_client")]


class Release(PracticeRow):
    """A document given to its payer: from then on it stands in their portal. Who released it, and when."""

    document = PracticeForeignKey(Document, on_delete=models.PROTECT, related_name="releases")
    released_at = models.DateTimeField()
    released_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "document"], name="released_once")]


class Sending(PracticeRow):
    """A document sent to its payer as a link: by which letter, when, by whom."""

    document = PracticeForeignKey(Document, on_delete=models.PROTECT, related_name="sendings")
    letter = PracticeForeignKey("mail.Letter", on_delete=models.PROTECT)
    sent_at = models.DateTimeField()
    sent_by = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["practice", "document", "sent_at"], name="sendings_of_document")]


class Way(models.TextChoices):
    """Where a document was opened."""

    LINK = "link", "by the link in the mail"
    PORTAL = "portal", "in the client portal"


class Opening(PracticeRow):
    """A document's paper was opened by who has the link, or by its payer in the portal."""

    document = PracticeForeignKey(Document, on_delete=models.PROTECT, related_name="openings")
    way = models.TextField(choices=Way.choices)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice", "document", "opened_at"], name="openings_of_document")]


class PaperLink(models.Model):
    """A link that opens one document without signing in, for some weeks; only its hash is kept. Installation table."""

    hash = models.BinaryField(primary_key=True)
    practice_id = models.UUIDField()
    document_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice_id", "document_id"], name="links_of_document")]


class RunState(models.TextChoices):
    """How far a run is."""

    WORKING = "working", "Working"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"


class StatementRun(PracticeRow):
    """Statements for many payers at once, step by step: killed, it goes on at the next step."""

    from_on = models.DateField()
    to_on = models.DateField()
    sends = models.BooleanField(help_text="each statement is mailed to its payer as it is made")
    state = models.TextField(choices=RunState.choices, default=RunState.WORKING)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    member_id = models.UUIDField(null=True, help_text="whose rights it acts with")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "-started_at"], name="statement_runs_by_time")]


class StatementStep(PracticeRow):
    """Some payers of a run: one transaction, done or not done."""

    run = PracticeForeignKey(StatementRun, on_delete=models.CASCADE, related_name="steps")
    position = models.IntegerField()
    payer_ids = models.JSONField()
    payers = models.IntegerField()
    done = models.BooleanField(default=False)
    made = models.IntegerField(default=0)
    sent = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "run", "position"], name="statement_step_once")]


class CourtOrder(PracticeRow, Versioned):
    """An order on file about who bears a child's expenses, from and until a local date; for staff only."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    ordered_on = models.DateField()
    court = models.TextField()
    number = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    until = models.DateField(null=True)
    proof_days = models.SmallIntegerField(help_text="so many days after a payment its proof must be sent")
    note = models.TextField(blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.TextField()

    class Meta:
        constraints = [
            never_twice("one_order_at_a_time", "client"),
            models.CheckConstraint(condition=~Q(court=""), name="order_has_a_court"),
            models.CheckConstraint(condition=Q(proof_days__range=(1, 365)), name="order_proof_days"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("starts_on")), name="order_dates"),
        ]


class OrderParty(PracticeRow):
    """Whom an order names, as it names them, and which part of an expense they bear."""

    order = PracticeForeignKey(CourtOrder, on_delete=models.CASCADE, related_name="named")
    party = PracticeForeignKey("people.Party", on_delete=models.PROTECT, null=True)
    name = models.TextField()
    percent = models.IntegerField(help_text="hundredths of a percent")
    position = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "order parties"
        constraints = [
            models.UniqueConstraint(fields=["practice", "order", "position"], name="order_party_position"),
            models.CheckConstraint(condition=~Q(name=""), name="order_party_has_a_name"),
            models.CheckConstraint(condition=Q(percent__range=(0, 10000)), name="order_party_percent"),
        ]

    @property
    def percent_words(self) -> str:
        """The percentage as people write it."""
        whole, rest = divmod(self.percent, 100)
        return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


class Approval(PracticeRow):
    """A proof of expense looked at and approved: before that it is neither downloaded nor sent."""

    document = PracticeForeignKey(Document, on_delete=models.PROTECT, related_name="approvals")
    approved_at = models.DateTimeField()
    approved_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "document"], name="approved_once")]

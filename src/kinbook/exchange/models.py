"""Imports, what became of each of their rows, minors that wait for a contact, and other programs' names for people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class FileKind(models.TextChoices):
    """What a file is."""

    CSV = "csv", "CSV"
    VCARD = "vcard", "vCard"
    FHIR = "fhir", "FHIR"


class ImportState(models.TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", "To be mapped"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked"
    RUNNING = "running", "Being imported"
    IMPORTED = "imported", "Imported"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"


class Import(PracticeRow):
    """One file: who brought it, how it is read, and how many of its rows did what."""

    file_name = models.TextField()
    kind = models.TextField(choices=FileKind.choices)
    size = models.BigIntegerField(help_text="bytes")
    digest = models.TextField(help_text="SHA-256 of the bytes: the same file again is seen")
    settings = models.JSONField(default=dict, help_text="how it is read: columns, delimiter, order of dates")
    state = models.TextField(choices=ImportState.choices)
    uploaded_by = models.TextField(blank=True, default="")
    member_id = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    header = models.JSONField(default=list, help_text="a CSV file's columns")
    notes = models.JSONField(default=list)
    problem = models.TextField(blank=True, default="")
    created = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    new_clients = models.IntegerField(default=0)
    new_contacts = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["practice", "-uploaded_at", "-id"], name="imports_by_time")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def total(self) -> int:
        """How many records there were."""
        return self.created + self.changed + self.unchanged + self.held + self.refused

    @property
    def counts(self) -> str:
        """What its rows became, in words; "" while that is not known."""
        told = [("created", self.created), ("changed", self.changed), ("here already", self.unchanged)]
        told += [("held", self.held), ("refused", self.refused)]
        return ", ".join(f"{number} {words}" for words, number in told if number)

    @property
    def is_under_way(self) -> bool:
        """Tell whether a job works on it."""
        return self.state in {ImportState.CHECKING, ImportState.RUNNING}


class ImportFile(PracticeRow):
    """The file itself, kept until its import is done or discarded."""

    file = PracticeForeignKey(Import, on_delete=models.CASCADE)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "file"], name="one_content_a_file")]


class ImportProgress(PracticeRow):
    """How far a job has come with a file: written beside the job's own transaction, so that a page can show it."""

    file = PracticeForeignKey(Import, on_delete=models.CASCADE)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "file"], name="one_progress_a_file")]


class Outcome(models.TextChoices):
    """What becomes of a row."""

    CREATED = "created", "Created"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    HELD = "held", "Held"
    REFUSED = "refused", "Refused"


class ImportRow(PracticeRow):
    """What became, or will become, of one record of a file; a refused one is kept as it stood, to be mended."""

    file = PracticeForeignKey(Import, on_delete=models.CASCADE)
    line = models.IntegerField()
    more_lines = models.JSONField(default=list, help_text="of a record that several lines tell of")
    outcome = models.TextField(choices=Outcome.choices)
    name = models.TextField(blank=True, default="")
    told = models.TextField(blank=True, default="", help_text="what happens, in words")
    notes = models.JSONField(default=list, help_text="[[field, reason], …]")
    client_id = models.UUIDField(null=True)
    original = models.TextField(
        blank=True, default="", help_text="JSON of the record as it stood, where refused or held"
    )

    class Meta:
        indexes = [
            models.Index(fields=["practice", "file", "outcome", "line", "id"], name="import_rows"),
            models.Index(fields=["practice", "file", "line", "id"], name="import_rows_by_line"),
        ]


class HeldState(models.TextChoices):
    """Whether somebody waits still."""

    WAITING = "waiting", "Waiting"
    COMPLETED = "completed", "Completed"
    DROPPED = "dropped", "Taken off the list"


class Held(PracticeRow):
    """A minor who came without a contact: waits for one, and becomes a client with it."""

    file = PracticeForeignKey(Import, on_delete=models.SET_NULL, null=True)
    line = models.IntegerField()
    name = models.TextField()
    sort_name = models.TextField(db_collation="C")
    born = models.DateField(null=True)
    told = models.JSONField(help_text="the record as read")
    state = models.TextField(choices=HeldState.choices, default=HeldState.WAITING)
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True, default="")
    client_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "held"
        indexes = [
            models.Index(fields=["practice", "state", "sort_name", "id"], name="held_by_name"),
            models.Index(fields=["practice", "sort_name"], name="held_by_sort_name"),
        ]


class Source(PracticeRow):
    """The name by which another program knows a person, so that the same file again finds who is here already."""

    system = models.TextField()
    value = models.TextField()
    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE, null=True)
    held = PracticeForeignKey(Held, on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "system", "value"], name="source_once"),
            models.CheckConstraint(
                condition=Q(party=None, held__isnull=False) | Q(party__isnull=False, held=None),
                name="source_names_one",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "party"], name="sources_of_party"),
            models.Index(fields=["practice", "held"], name="sources_of_held"),
        ]

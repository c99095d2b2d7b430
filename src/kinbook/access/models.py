"""The dated facts that access follows: roles and grants, whose client, who supervises, closed records, the portal."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow
from kinbook.tenancy.viewer import Role


class DateRange(Func):
    """The range `[starts_on, until)` in the database."""

    function = "daterange"
    output_field = DateRangeField()


def never_twice(name: str, *columns: str, condition: Q | None = None) -> ExclusionConstraint:
    """Return the constraint that rows alike in the columns have dates that do not overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            ("practice", RangeOperators.EQUAL),
            *((column, RangeOperators.EQUAL) for column in columns),
            (DateRange(F("starts_on"), F("until")), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


class RoleGrant(PracticeRow):
    """A role a member holds from a date on."""

    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    role = models.TextField(choices=[(role, role) for role in Role])
    starts_on = models.DateField()
    until = models.DateField(null=True)
    granted_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            never_twice("role_held_once", "member", "role"),
            never_twice(
                "one_clinician_role",
                "member",
                condition=Q(role__startswith="clinician_"),
            ),
        ]


class Assignment(PracticeRow):
    """A client who is a member's own: assigned (one primary clinician) or shared, from and until a date."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    member = PracticeForeignKey("team.Member", on_delete=models.PROTECT)
    is_primary = models.BooleanField(default=False)
    starts_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            never_twice("assigned_once", "client", "member"),
            never_twice("one_primary_clinician", "client", condition=Q(is_primary=True)),
        ]
        indexes = [
            models.Index(fields=["practice", "member", "client"], name="assigned_to"),
            models.Index(fields=["practice", "client"], name="assigned_clinicians"),
        ]


class Supervision(PracticeRow):
    """A member whose work another supervises, from and until a date."""

    supervisor = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    supervisee = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    starts_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [never_twice("one_supervisor", "supervisee")]
        indexes = [models.Index(fields=["practice", "supervisor"], name="supervisees_of")]


class PermissionGrant(PracticeRow):
    """A single permission a member holds on top of their roles, from and until a date, with the reason."""

    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    action = models.TextField()
    scope = models.TextField()
    note = models.TextField()
    starts_on = models.DateField()
    until = models.DateField(null=True)
    granted_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            never_twice("permission_granted_once", "member", "action", "scope"),
            models.CheckConstraint(condition=~Q(note=""), name="permission_has_a_note"),
        ]
        indexes = [models.Index(fields=["practice", "member"], name="permissions_of")]


class Closed(models.TextChoices):
    """To whom a client's record is closed."""

    ADMINISTRATIVE = "administrative", "Closed to administrative roles"
    ALL_BUT_NAMED = "all_but_named", "Closed to all but those named"


class Restriction(PracticeRow):
    """A client's record is closed, from and until a date, to all but those let in."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    kind = models.TextField(choices=Closed.choices)
    reason = models.TextField()
    starts_on = models.DateField()
    until = models.DateField(null=True)
    closed_by = models.TextField()

    class Meta:
        constraints = [
            never_twice("closed_once", "client"),
            models.CheckConstraint(condition=Q(kind__in=Closed.values), name="closed_to_whom"),
            models.CheckConstraint(condition=~Q(reason=""), name="closed_for_a_reason"),
        ]
        indexes = [models.Index(fields=["practice", "client"], name="restrictions_of")]


class LetIn(PracticeRow):
    """A member named in a restriction: to them the record stays open as their roles have it."""

    restriction = PracticeForeignKey(Restriction, on_delete=models.CASCADE)
    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "restriction", "member"], name="let_in_once")]


class EmergencyAccess(PracticeRow):
    """An owner opened a closed record, or confidential conversations, for some hours and a reason."""

    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_a_reason"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="emergency_ends_later"),
        ]
        indexes = [
            models.Index(fields=["practice", "member", "ends_at"], name="emergencies_of_member"),
            models.Index(fields=["practice", "client", "ends_at"], name="emergencies_of_client"),
        ]


class PortalGrant(PracticeRow):
    """What one person may do in the portal for one client; nothing where there is no row."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    access = models.BooleanField(default=False)
    messages = models.BooleanField(default=False)
    appointments = models.BooleanField(default=False)
    billing_documents = models.BooleanField(default=False)
    payments = models.BooleanField(default=False)
    documents = models.BooleanField(default=False)
    kept_from = models.DateField(null=True, help_text="the client, of age, agreed that this contact keeps it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "client", "party"], name="portal_grant_once"),
        ]
        indexes = [models.Index(fields=["practice", "party"], name="portal_grants_of")]


class PortalSuspension(PracticeRow):
    """Why one person's portal is closed for one client (a court order, a worry), until somebody lifts it."""

    client = PracticeForeignKey("people.Client", on_delete=models.CASCADE)
    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    reason = models.TextField()
    suspended_at = models.DateTimeField()
    suspended_by = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "party"], condition=Q(lifted_at=None), name="one_suspension_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_has_a_reason"),
        ]


class PortalOpen(models.Model):
    """What is open to one person for one client at this moment: a view of the database, which alone decides it.

    A grant is open while the client is not archived, nobody suspended it, and the person is the client, a partner, or
    a contact on this day in the practice's time zone. A guardian's ends when the client turns 18, unless they agreed.
    """

    pk = models.CompositePrimaryKey("client_id", "party_id")
    practice_id = models.UUIDField()
    client = PracticeForeignKey("people.Client", on_delete=models.DO_NOTHING)
    party = PracticeForeignKey("people.Party", on_delete=models.DO_NOTHING)
    is_own = models.BooleanField(help_text="the person is the client, or one of the couple")
    messages = models.BooleanField()
    appointments = models.BooleanField()
    billing_documents = models.BooleanField()
    payments = models.BooleanField()
    documents = models.BooleanField()

    class Meta:
        managed = False
        db_table = "access_portal_open"


class PortalGuardian(models.Model):
    """A guardian, with access, of a client who is of age and says who keeps it: a view of the database."""

    id = models.UUIDField(primary_key=True, help_text="of the grant")
    practice_id = models.UUIDField()
    client = PracticeForeignKey("people.Client", on_delete=models.DO_NOTHING)
    party = PracticeForeignKey("people.Party", on_delete=models.DO_NOTHING)
    kept_from = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "access_portal_guardian"


class Token(models.Model):
    """An API token: only its hash is kept. An installation table, needed before the practice is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hash = models.BinaryField(unique=True)
    practice_id = models.UUIDField()
    member_id = models.UUIDField()
    label = models.TextField(blank=True, default="")
    read_only = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "member_id"], name="tokens_of_member")]

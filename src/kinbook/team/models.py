"""People who sign in (installation tables) and the members they are in a practice (practice tables)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import PracticeRow, Versioned

if TYPE_CHECKING:
    from collections.abc import Sequence


class UserManager(BaseUserManager["User"]):
    """What Django's sign-in asks of a user model."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with an address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who can sign in: an address and a password's hash. Installation table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.TextField(unique=True)
    is_active = models.BooleanField(default=True)

    words: Sequence[str] = ()
    """What a new password may not be made of: names known in the practice, set by whoever has it chosen."""

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Seat(models.Model):
    """Which member of which practice a user is. Installation table: it is read before the practice is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    practice_id = models.UUIDField()
    member_id = models.UUIDField(unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "practice_id"], name="one_seat_a_practice")]


class Invitation(models.Model):
    """A link that lets an invited member choose a password; only its hash is kept. Installation table."""

    hash = models.BinaryField(primary_key=True)
    practice_id = models.UUIDField()
    member_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class MemberQuerySet(models.QuerySet["Member"]):
    """Members of the practice."""

    def active(self) -> MemberQuerySet:
        """Return those who have not left."""
        return self.filter(left_on__isnull=True)


class Member(PracticeRow, Versioned):
    """Somebody on the team of a practice."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.TextField(blank=True, default="", help_text="Dr, LCSW …")
    first_name = models.TextField()
    last_name = models.TextField()
    email = models.TextField()
    npi = models.TextField(blank=True, default="")
    license = models.TextField(blank=True, default="", db_default="", help_text="as printed: number and state")
    colour = models.SmallIntegerField(default=1)
    left_on = models.DateField(null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="member_once"),
            models.CheckConstraint(condition=~models.Q(last_name=""), name="member_has_a_name"),
        ]
        indexes = [models.Index(fields=["practice", "last_name", "first_name", "id"], name="members_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as people say it: "Dr June Kim"."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    @property
    def short_name(self) -> str:
        """The name where room is scarce: "Dr Kim"."""
        return f"{self.title} {self.last_name}" if self.title else self.first_name

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        return (self.first_name[:1] + self.last_name[:1]).upper()

"""What signing in needs before the practice is known: installation tables, and nothing in them of a client."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from kinbook.team.models import User
from kinbook.tenancy.fields import new_id

IDLE = timedelta(minutes=15)
"""How long a sign-in lasts that has no practice yet."""


class SignIn(AbstractBaseSession):
    """One signed-in browser; Django's session, with what the list of sign-ins shows. Deleted, it is over at once."""

    id = models.UUIDField(default=new_id, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    practice_id = models.UUIDField(null=True)
    device = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    idle_minutes = models.SmallIntegerField(default=15)

    class Meta:
        indexes = [models.Index(fields=["practice_id"], name="sign_ins_of_practice")]

    @property
    def ends_at(self) -> datetime:
        """When it is over, unless it is used before."""
        return min(self.expire_date, self.last_used_at + timedelta(minutes=self.idle_minutes))

    @property
    def idle_seconds(self) -> int:
        """How long it lasts without being used."""
        return self.idle_minutes * 60


class FactorKind(models.TextChoices):
    """What proves, besides the password, who signs in."""

    TOTP = "totp", "Authenticator app"
    PASSKEY = "passkey", "Passkey"


class Factor(models.Model):
    """A second step of a user: the shared secret of their authenticator app (encrypted), or a passkey's public key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    kind = models.TextField(choices=FactorKind.choices)
    name = models.TextField()
    secret = models.TextField(blank=True, default="")
    last_step = models.BigIntegerField(default=0, help_text="the newest half minute whose code was used: never again")
    credential_id = models.BinaryField(null=True, unique=True)
    credential = models.BinaryField(null=True)
    counter = models.BigIntegerField(default=0, help_text="how often the passkey says it was used; a copy says less")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(kind=FactorKind.TOTP), name="one_app_a_user"),
            models.CheckConstraint(
                condition=models.Q(kind=FactorKind.TOTP, credential_id=None)
                | models.Q(kind=FactorKind.PASSKEY, credential_id__isnull=False, secret=""),
                name="factor_is_an_app_or_a_passkey",
            ),
        ]


class RecoveryCode(models.Model):
    """A code that stands in once for a lost second step; only a keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "hash"], name="recovery_code_once")]


class Tries(models.Model):
    """How often somebody failed to prove who they are, and until when they wait; whom it counts is kept as a digest."""

    hash = models.BinaryField(primary_key=True)
    failed = models.IntegerField()
    last_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)


class EmailChange(models.Model):
    """A member's new address, in force once both addresses have confirmed it; only hashes of the links are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    practice_id = models.UUIDField()
    member_id = models.UUIDField(unique=True)
    email = models.TextField()
    old_hash = models.BinaryField(unique=True)
    new_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)

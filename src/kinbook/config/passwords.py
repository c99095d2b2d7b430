"""Passwords as Django checks and keeps them: by our rule, as Argon2id of their one normal form."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from kinbook.rules.passwords import LONGEST, normal, weakness

if TYPE_CHECKING:
    from kinbook.team.models import User


class HardToGuess:
    """Refuses what `rules.passwords` finds weak, with Django's list of twenty thousand common ones."""

    @cached_property
    def _common(self) -> set[str]:
        found: set[str] = CommonPasswordValidator().passwords
        return found

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with what is wrong."""
        words = ["kinbook", *(user.email.split("@") if user else ()), *getattr(user, "words", ())]
        problem = weakness(password, words, self._common.__contains__)
        if problem:
            raise ValidationError(problem)

    def get_help_text(self) -> str:
        """Return what to say beside a field for a new password."""
        return "At least 12 characters; a few words make a good one."


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id of a password's normal form, so that it is the same on every keyboard."""

    def encode(self, password: str, salt: str) -> str:
        """Return what is kept of a password."""
        return super().encode(normal(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether this is the password; what is far too long is not even hashed."""
        return len(password) <= 4 * LONGEST and super().verify(normal(password), encoded)

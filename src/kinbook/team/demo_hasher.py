"""A quick hasher for passwords that are no secret: the demo's, which its sign-in page prints, and the tests'."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few rounds."""

    algorithm = "quick_pbkdf2"
    iterations = 1000

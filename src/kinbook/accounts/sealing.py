"""What nobody may know who reads the database alone: sealed with keys made from the secret key, one a purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from uuid import UUID

    from cryptography.fernet import Fernet


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"kinbook.accounts.{purpose}".encode(), hashlib.sha256)


def _cipher(purpose: str) -> Fernet:
    from cryptography.fernet import Fernet  # not at start: it takes long to load

    return Fernet(base64.urlsafe_b64encode(_key(purpose)))


def sealed(secret: str, purpose: str = "factor") -> str:
    """Return a secret as it may lie in the database."""
    return _cipher(purpose).encrypt(secret.encode()).decode()


def unsealed(text: str, purpose: str = "factor") -> str | None:
    """Return a secret that was sealed; None where the secret key is not the one it was sealed with."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def digest_of(code: str, user_id: UUID) -> bytes:
    """Return what is kept of a recovery code: useless without the secret key."""
    return hmac.digest(_key("recovery"), f"{user_id}:{code}".encode(), hashlib.sha256)


def keeping_key(user_id: UUID) -> str:
    """Return the key that a user's browser seals unsaved words with: the same at their next sign-in, no one else's."""
    return base64.b64encode(hmac.digest(_key("unsaved"), str(user_id).encode(), hashlib.sha256)).decode()

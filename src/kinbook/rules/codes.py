"""The codes of an authenticator app (RFC 6238): six digits, a new one each half minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP = 30
DIGITS = 6
AROUND = (0, -1, 1)
"""The half minutes that are taken: this one, and its neighbours, since clocks differ."""


def step_at(seconds: int) -> int:
    """Return the half minute a Unix time falls into."""
    return seconds // STEP


def code_at(secret: str, step: int) -> str:
    """Return the code of one half minute; the secret is in base 32."""
    key = base64.b32decode(secret, casefold=True)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, seconds: int) -> int | None:
    """Return the half minute near now whose code this is; None where it is no code."""
    now = step_at(seconds)
    fits = [
        now + shift for shift in AROUND if hmac.compare_digest(code_at(secret, now + shift).encode(), code.encode())
    ]
    return fits[0] if fits else None

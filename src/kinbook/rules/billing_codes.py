"""Codes that superbills print: national provider identifiers and ICD-10 diagnosis codes, as far as their form goes."""

from __future__ import annotations

import re

NPI = "An NPI has ten digits, and these are not one: look at it once more."
ICD = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")
ISSUER = "80840"
"""What stands before an NPI where its check digit is worked out (ISO/IEC 7812)."""


def is_npi(text: str) -> bool:
    """Tell whether text is nothing, or ten digits whose last one checks the others."""
    if not text:
        return True
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(ISSUER + text))]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def read_icd(text: str) -> str:
    """Return an ICD-10 code as it is written, F41.1; "" where the text has not the form of one."""
    plain = text.strip().upper().replace(" ", "").replace(".", "")
    code = plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"
    return code if ICD.fullmatch(code) else ""

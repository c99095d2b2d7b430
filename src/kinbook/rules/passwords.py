"""What a new password must not be (NIST SP 800-63B): short, common, a pattern, or made of what everybody knows here."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHORTEST = 12
LONGEST = 256
OWN = 6
"""So many letters must be left of a password once the words that everybody knows here are taken out."""
TURN = 4
"""What repeats every so many letters, or fewer, is a pattern."""


def normal(password: str) -> str:
    """Return a password in the one form that every keyboard's way of typing it comes to (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, words: Iterable[str], is_common: Callable[[str], bool]) -> str:
    """Return what is wrong with a new password, in a sentence; "" where nothing is. It asks for no kinds of letters."""
    text = normal(password)
    if len(text) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a few words make a good password."
    if len(text) > LONGEST:
        return f"Use at most {LONGEST} characters."
    plain = text.casefold()
    if _is_pattern(plain):
        return "This is a pattern that is easy to guess. A few words make a good password."
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    if is_common(plain) or (core and is_common(core)) or any(is_common(half) for half in _halves(plain)):
        return "This password is among the first that others try. Choose one that is your own."
    if _left(plain, words) < OWN:
        return "This password is made of names that are known here. Choose one that is your own."
    return ""


def _is_pattern(text: str) -> bool:
    if any(text == (text[:turn] * len(text))[: len(text)] for turn in range(1, TURN + 1)):
        return True
    around = 10 if text.isdigit() else 0x110000  # after nine comes nought
    steps = {(ord(after) - ord(before)) % around for before, after in pairwise(text)}
    return len(steps) == 1


def _halves(text: str) -> set[str]:
    """Return the word a password says twice, if it does."""
    half, odd = divmod(len(text), 2)
    return {text[:half]} if not odd and text[:half] == text[half:] else set()


def _left(text: str, words: Iterable[str]) -> int:
    known = {part for word in words for part in re.split(r"[\W_]+", normal(word).casefold()) if len(part) > 2}
    for part in sorted(known, key=len, reverse=True):
        text = text.replace(part, "")
    return len(re.sub(r"[\W_]", "", text))

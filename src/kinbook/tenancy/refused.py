"""How a command says no: the sentence people read, and the field it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Exception):
    """A command refused; nothing was changed. The sentence says what happened and what to do."""

    def __init__(self, sentence: str) -> None:
        """Keep the sentence that people read."""
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(Refused):
    """What was entered cannot stand; each problem belongs to a field ("" where to none)."""

    def __init__(self, **problems: str) -> None:
        """Keep the problems by field."""
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def refuse_wrong(problems: Mapping[str, tuple[bool, str]]) -> None:
    """Raise Invalid with the sentence of each field that is wrong; `problems` says of each whether it is, and why."""
    found = {name: sentence for name, (wrong, sentence) in problems.items() if wrong}
    if found:
        raise Invalid(**found)


class Conflict(Refused):
    """What was asked does not fit how things stand now, or somebody else changed them meanwhile."""


class Forbidden(Refused):
    """The viewer may know of the thing, and may not do this with it."""

    def __init__(self, sentence: str = "Your role does not allow this. Nothing was changed.") -> None:
        """Keep the sentence that people read."""
        super().__init__(sentence)


class Unknown(Refused):
    """There is no such thing, or the viewer may not know of it: the two look alike."""

    def __init__(self, sentence: str = "There is nothing here by that name.") -> None:
        """Keep the sentence that people read."""
        super().__init__(sentence)


CHANGED_MEANWHILE = (
    "Somebody else changed this while you were editing. Nothing of yours was saved: look at what is there now, "
    "then save again."
)

"""The types of what programs send: strict, bounded, and with messages that people understand."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from kinbook.rules.money import LARGEST
from kinbook.tenancy.refused import Invalid

UNKNOWN_ID = "unknown_id"
"""The kind of error that answers 404: a malformed id is as unknown as one that nothing bears."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
NO_OFFSET = "An instant bears its offset, as in 2026-11-02T16:00:00-05:00."


def _read_id(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("id", "An id is a string.")
    try:
        return UUID(value)
    except ValueError:
        raise PydanticCustomError(UNKNOWN_ID, "There is nothing here by that id.") from None


def _read_choice(value: Any) -> UUID:
    try:
        return _read_id(value)
    except PydanticCustomError:
        raise PydanticCustomError("choice", "There is nothing by that id to choose.") from None


def _read_day(value: Any) -> date:
    day = value if isinstance(value, date) else _day_of(value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("day", f"A date lies between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def _day_of(text: Any) -> date:
    try:
        return date.fromisoformat(text if len(text) == len("2026-11-02") else "")
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "A date looks like 2026-11-02.") from None


def _read_instant(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else _instant_of(value)
    if instant.tzinfo is None:
        raise PydanticCustomError("instant", NO_OFFSET)
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise PydanticCustomError("instant", f"An instant lies between {FIRST_YEAR} and {LAST_YEAR}.")
    return instant


def _instant_of(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise PydanticCustomError("instant", NO_OFFSET) from None


_ID_FORM = WithJsonSchema({"type": "string", "format": "uuid"}, mode="validation")

Id = Annotated[UUID, BeforeValidator(_read_id), _ID_FORM]
"""The id of what a call is about: unknown or malformed is 404."""

Choice = Annotated[UUID, BeforeValidator(_read_choice), _ID_FORM]
"""The id of something chosen for a field: unknown or malformed is 422 at that field."""

Day = Annotated[
    date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation"),
]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Cents = Annotated[int, Strict(), Field(ge=0, le=LARGEST)]
SomeCents = Annotated[int, Strict(), Field(ge=1, le=LARGEST)]
Name = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=2000)]


class Body(BaseModel):
    """What a program sends; a field that does not exist is refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    @property
    def given(self) -> set[str]:
        """The fields that were sent, null ones too."""
        return self.model_fields_set

    def sent(self, *names: str, may_be_empty: Iterable[str] = ()) -> dict[str, Any]:
        """Return those of the named fields that were sent; null empties only what may be empty, else it is Invalid."""
        found = {name: getattr(self, name) for name in names if name in self.given}
        wrong = [name for name, value in found.items() if value is None and name not in may_be_empty]
        if wrong:
            raise Invalid(**dict.fromkeys(wrong, "This cannot be empty: leave it out, and it stays."))
        return found

"""Lists: items and where the next page begins. A page costs the same wherever it begins."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import signing
from django.db.models import Model, Q, QuerySet
from pydantic import AfterValidator, BaseModel, Field

from kinbook.api.fields import Day
from kinbook.tenancy.refused import Invalid

MOST = 200
SALT = "kinbook.api.cursor"

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[Item]
    next: str | None


class Asked(BaseModel):
    """Which page of a list is wanted."""

    limit: Annotated[int, Field(ge=1), AfterValidator(lambda limit: min(limit, MOST))] = Field(
        100, description="How many items, at most 200."
    )
    cursor: str = Field("", max_length=2000, description="`next` of the page before.")


class Dated(Asked):
    """A list that can be narrowed to dates, the first and the last included."""

    since: Day | None = Field(None, alias="from", description="The first date.")
    through: Day | None = Field(None, alias="to", description="The last date, included.")

    def dates(self, column: str) -> Q:
        """Return the condition that a date column lies between them."""
        if self.since and self.through and self.since > self.through:
            raise Invalid(to="The last date is not before the first.")
        condition = Q(**{f"{column}__gte": self.since}) if self.since else Q()
        return condition & Q(**{f"{column}__lte": self.through}) if self.through else condition

    def moments(self, column: str, zone: ZoneInfo) -> Q:
        """Return the condition that an instant lies on those dates, as the practice's clock shows them."""
        self.dates(column)
        condition = Q()
        if self.since:
            condition &= Q(**{f"{column}__gte": datetime.combine(self.since, time.min, zone)})
        if self.through:
            condition &= Q(**{f"{column}__lt": datetime.combine(self.through + timedelta(days=1), time.min, zone)})
        return condition


def page_of(rows: QuerySet[Row], asked: Asked, *order: str) -> tuple[list[Row], str | None]:
    """Return one page of rows in an order that ends with the key, all ascending or all descending (`-name`)."""
    names = [name.removeprefix("-") for name in order]
    if asked.cursor:
        rows = rows.filter(_after(names, _read(asked.cursor, order), "lt" if order[0].startswith("-") else "gt"))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    shown = found[: asked.limit]
    if len(found) <= asked.limit:
        return shown, None
    return shown, _write(order, [_value(shown[-1], name) for name in names])


def slice_of(items: Sequence[Item], asked: Asked, key: Callable[[Item], UUID]) -> tuple[list[Item], str | None]:
    """Return one page of a short list that is at hand whole."""
    start = 0
    if asked.cursor:
        (last,) = _read(asked.cursor, ("id",))
        start = next((place + 1 for place, each in enumerate(items) if str(key(each)) == last), len(items))
    shown = list(items[start : start + asked.limit])
    more = start + asked.limit < len(items)
    return shown, _write(("id",), [str(key(shown[-1]))]) if more else None


def _value(row: Model, name: str) -> Any:
    value = row
    for part in name.split("__"):
        value = getattr(value, part)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _after(names: Sequence[str], values: Sequence[Any], than: str) -> Q:
    """Return the condition that a row comes after the values in the order of the names."""
    condition = Q()
    same = Q()
    for name, value in zip(names, values, strict=True):
        condition |= same & Q(**{f"{name}__{than}": value})
        same &= Q(**{name: value})
    return condition


def _write(order: Iterable[str], values: list[Any]) -> str:
    return signing.dumps([list(order), values], salt=SALT)


def _read(cursor: str, order: Sequence[str]) -> list[Any]:
    """Return the values a cursor of ours holds; one of another list, or made up, is Invalid."""
    try:
        made_for, values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Invalid(cursor="This is not a cursor of this list.") from None
    if made_for != list(order) or len(values) != len(order):
        raise Invalid(cursor="This is not a cursor of this list.")
    found: list[Any] = values
    return found

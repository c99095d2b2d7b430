"""Periods: the months with what was booked in each, closed and opened again."""

from datetime import date, datetime
from typing import Annotated

from ninja import Router
from pydantic import BaseModel, Field, StringConstraints

from kinbook.access.actions import Action
from kinbook.access.policy import require_practice
from kinbook.api.fields import Body
from kinbook.audit.record import record
from kinbook.ledger.commands import close_month, reopen_month
from kinbook.ledger.periods import Month, months
from kinbook.tenancy.reason import LONGEST_REASON
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Journal"], by_alias=True)

MonthText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]


class PeriodBody(Body):
    """The month to close; open ones before it are closed too."""

    month: MonthText = Field(description="As in 2026-10.")


class ReopenBody(Body):
    """Why a closed month is opened again."""

    reason: str = Field(max_length=LONGEST_REASON)


class PeriodShown(BaseModel):
    """A month with what was booked in it."""

    month: str = Field(description="As in 2026-10.")
    state: str = Field(description="open or closed")
    currency: str
    invoiced_cents: int
    paid_cents: int
    written_off_cents: int
    closed_at: datetime | None
    closed_by: str | None


class PeriodsShown(BaseModel):
    """The months, the latest first, at most five years of them."""

    first_open_day: date | None = Field(description="null while no month is closed.")
    items: list[PeriodShown]


@router.get("/periods", response=PeriodsShown)
def list_periods(request: Request) -> PeriodsShown:
    """The months from the first entry to today's."""
    require_practice(request.viewer, Action.PERIOD_CLOSE)
    rows = months(request.viewer)
    record(request.viewer, "periods.listed", count=len(rows))
    opens_on = max((each.until for each in rows if each.closed_at), default=None)
    return PeriodsShown(first_open_day=opens_on, items=[_shown(request.viewer, each) for each in rows])


@router.post("/periods", response={201: PeriodShown})
def create_period(request: Request, body: PeriodBody) -> PeriodShown:
    """Close a month that is over: no journal entry is added with a date in it. 409 where it is not over, or closed."""
    try:
        month = date.fromisoformat(f"{body.month}-01")
    except ValueError:
        raise Invalid(month="A month, as in 2026-10.") from None
    close_month(request.viewer, month=month)
    return _one(request.viewer, month)


@router.post("/periods/{month}/reopen", response=PeriodShown)
def reopen_period(request: Request, month: str, body: ReopenBody) -> PeriodShown:
    """Open the last closed month again; for an owner. 409 for any other month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Unknown from None
    reopen_month(request.viewer, month=first, reason=body.reason)
    return _one(request.viewer, first)


def _one(viewer: Viewer, month: date) -> PeriodShown:
    found = next((each for each in months(viewer) if each.starts_on == month), None)
    if found is None:
        raise Unknown
    return _shown(viewer, found)


def _shown(viewer: Viewer, month: Month) -> PeriodShown:
    return PeriodShown(
        month=f"{month.starts_on:%Y-%m}",
        state="closed" if month.closed_at else "open",
        currency=viewer.currency,
        invoiced_cents=month.invoiced_cents,
        paid_cents=month.paid_cents,
        written_off_cents=month.written_off_cents,
        closed_at=month.closed_at,
        closed_by=month.closed_by or None,
    )

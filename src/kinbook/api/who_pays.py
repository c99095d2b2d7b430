"""Who pays, and why: for each appointment of a client, as forecast or as fixed."""

from datetime import datetime, timedelta
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Day, Id
from kinbook.api.shares import ShareShown, shares_of, state_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.refused import Invalid
from kinbook.web.request import Request
from kinbook.whopays.models import Charge, ChargeState

router = Router(tags=["Who pays"], by_alias=True)

LONGEST = timedelta(days=366)


class Span(BaseModel):
    """Dates, both included."""

    since: Day = Field(alias="from", description="The first date.")
    through: Day = Field(alias="to", description="The last date, included; at most 366 days.")


class Paid(BaseModel):
    """One appointment: what it charges, and everybody's share of it."""

    appointment_id: UUID
    start: datetime
    amount_cents: int
    currency: str
    state: str = Field(description="forecast, fixed or needs_payer")
    shares: list[ShareShown]
    explanation: str


class WhoPays(BaseModel):
    """Who pays for each billable or scheduled appointment, by start."""

    items: list[Paid]


@router.get("/clients/{client_id}/who-pays", response=WhoPays)
def read_who_pays(request: Request, client_id: Id, span: Query[Span]) -> WhoPays:
    """Who pays for each billable or scheduled appointment, and why; not paged."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    require(viewer, Action.AMOUNTS_SEE, client.pk)
    if not span.since <= span.through < span.since + LONGEST:
        raise Invalid(to=f"The last date is not before the first, and within {LONGEST.days} days.")
    rows = Charge.objects.filter(
        client=client,
        on_date__range=(span.since, span.through),
        state__in=[ChargeState.SCHEDULED, ChargeState.BILLABLE],
        pk__in=Appointment.objects.filter(client=client).values("pk"),
    )
    charges = list(rows.order_by("moment", "pk"))
    shares = shares_of(each.pk for each in charges)
    record(viewer, "who_pays.viewed", client, client_id=client.pk, count=len(charges))
    return WhoPays(
        items=[
            Paid(
                appointment_id=each.pk,
                start=each.moment.astimezone(viewer.zone),
                amount_cents=each.cents,
                currency=viewer.currency,
                state=state_of(each),
                shares=shares[each.pk],
                explanation=each.needs or each.explanation,
            )
            for each in charges
        ]
    )

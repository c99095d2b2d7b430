"""The rows behind each count of Billing: whose, why it is here, and its next step. One row for each thing counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count as RowCount
from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, closed_to
from kinbook.invoices.models import Delivery, DeliveryKind, InvoiceLine, ReminderPause, Standing
from kinbook.ledger.balances import open_credits
from kinbook.people.models import Client, Email, Party
from kinbook.people.queries import parties_visible_to
from kinbook.people.queries.marks import mark, party_of
from kinbook.whopays.models import Charge, ChargeState, Share
from kinbook.whopays.queries.coverages import running_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Age:
    """A span of days an invoice has been overdue: from `first` to `last`, both included; None has no end."""

    key: str
    name: str
    first: int
    last: int | None

    def holds(self, days: int) -> bool:
        """Tell whether so many days fall into it."""
        return self.first <= days and (self.last is None or days <= self.last)

    def due(self, today: date) -> Q:
        """Return the condition that an invoice's due date falls into it."""
        latest = Q(due_on__lte=today - timedelta(days=self.first))
        return latest if self.last is None else latest & Q(due_on__gte=today - timedelta(days=self.last))


AGES = (
    Age("overdue_1", "1–30 days", 1, 30),
    Age("overdue_31", "31–60 days", 31, 60),
    Age("overdue_61", "61–90 days", 61, 90),
    Age("overdue_91", "over 90 days", 91, None),
)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One thing that needs a hand: whose, why it is here, what it comes to, and what is done about it.

    `step` is a link, a dialog, or a deed done with one click, at `url_name` for `ids`.
    """

    client: Client | None
    party: Party | None
    why: str
    cents: int | None
    step: str
    url_name: str
    ids: tuple[UUID, ...]
    verb: str
    is_bad: bool = False
    reminds: UUID | None = None

    @property
    def url(self) -> str:
        """Where it is done."""
        return reverse(self.url_name, args=self.ids)

    @property
    def remind_url(self) -> str:
        """Where the payer is reminded; empty where there is nothing to remind of, or no way to."""
        return reverse("invoices:remind_payer", args=[self.reminds]) if self.reminds else ""


def needing(viewer: Viewer, start: int, limit: int) -> list[WorkRow]:
    """Return charges nobody can be billed for, the oldest first."""
    rows = Charge.objects.visible_to(viewer).filter(state=ChargeState.BILLABLE).exclude(needs="")
    found = rows.select_related("client__party").order_by("on_date", "pk")[start : start + limit]
    return [
        WorkRow(each.client, None, each.needs, each.cents, "dialog", "whopays:choose_payer", (each.pk,), "Choose payer")
        for each in found
    ]


def uninvoiced_of(viewer: Viewer) -> QuerySet[Share]:
    """Return shares that wait to be invoiced, of clients whose amounts the viewer may see."""
    return Share.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice_id=None, billable=True)


def waiting(viewer: Viewer, start: int, limit: int) -> list[WorkRow]:
    """Return what waits to be invoiced, the longest waiting first."""
    rows: Any = (
        uninvoiced_of(viewer)
        .select_related("client__party", "charge")
        .annotate(mark=mark("payer_id"))
        .order_by("on_date", "charge_id", "position", "pk")[start : start + limit]
    )
    return [
        WorkRow(
            each.client,
            party_of(each.mark),
            f"{each.charge.description} of {each.on_date.day} {each.on_date:%b}",
            each.cents,
            "deed",
            "invoices:create_for_charge",
            (each.charge_id,),
            "Create invoice",
        )
        for each in rows
    ]


def overdue_of(viewer: Viewer) -> QuerySet[Standing]:
    """Return overdue invoices with a line of a client whose amounts the viewer may see."""
    seen = InvoiceLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice_id=OuterRef("invoice_id"))
    return Standing.objects.filter(Exists(seen), due_cents__gt=0, is_void=False, due_on__lt=viewer.today)


def overdue(viewer: Viewer, ages: Sequence[Age], start: int, limit: int) -> dict[str, list[WorkRow]]:
    """Return overdue invoices of each age, the longest overdue first, with how often their payer was reminded.

    Two queries, whatever the number of ages.
    """
    if not ages:
        return {}
    late = _with_reminders(viewer)
    parts = [
        late.filter(age.due(viewer.today))
        .annotate(age=Value(age.key, TextField()))
        .order_by("due_on", "invoice_id")[start : start + limit]
        for age in ages
    ]
    rows: list[Any] = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row.due_on, row.invoice_id))
    clients = Client.objects.select_related("party").in_bulk([row.first_client for row in rows])
    found: dict[str, list[WorkRow]] = {age.key: [] for age in ages}
    for row in rows:
        found[row.age].append(_overdue_row(row, clients, viewer.today))
    return found


def _with_reminders(viewer: Viewer) -> QuerySet[Any]:
    """Return overdue invoices with their payer, a client, and whether and how often the payer was reminded."""
    told = Delivery.objects.filter(invoice_id=OuterRef("invoice_id"), kind=DeliveryKind.REMINDER)
    times = told.order_by().values("invoice_id").annotate(times=RowCount("pk")).values("times")
    return overdue_of(viewer).annotate(
        mark=mark("payer_id"),
        name=F("invoice__name"),
        first_client=_first_client(viewer),
        reminded=Coalesce(Subquery(times), 0),
        told_today=Exists(told.filter(sent_at__gte=_midnight(viewer))),
        has_address=Exists(Email.objects.filter(party_id=OuterRef("payer_id"), may_email=True)),
        is_paused=Exists(_pauses(viewer)),
    )


def _midnight(viewer: Viewer) -> datetime:
    return datetime.combine(viewer.today, time(), viewer.zone)


def _pauses(viewer: Viewer) -> QuerySet[ReminderPause]:
    return ReminderPause.objects.filter(Q(until=None) | Q(until__gt=viewer.today), party_id=OuterRef("payer_id"))


def _overdue_row(row: Any, clients: dict[UUID, Client], today: date) -> WorkRow:
    told = {0: "", 1: " · reminded once", 2: " · reminded twice"}.get(row.reminded, f" · reminded {row.reminded} times")
    why = f"{row.name}: {(today - row.due_on).days} days{told}"
    payer = party_of(row.mark)
    client = clients.get(row.first_client)
    may_remind = payer.pk if row.has_address and not row.is_paused and not row.told_today else None
    why += " · reminders paused" if row.is_paused else "" if row.has_address else " · no e-mail: call"
    opens = ("link", "invoices:invoice", (row.invoice_id,), "Open")
    return WorkRow(client, payer, why, row.due_cents, *opens, is_bad=True, reminds=may_remind)


def _first_client(viewer: Viewer) -> Any:
    lines = InvoiceLine.objects.visible_to(viewer).filter(invoice_id=OuterRef("invoice_id")).order_by("position")
    return Subquery(lines.values("client_id")[:1])


def unapplied(viewer: Viewer, start: int, limit: int) -> list[WorkRow]:
    """Return payers with credit, the most first."""
    seen = Q(payer_id__in=parties_visible_to(viewer).values("pk")) if closed_to(viewer) else Q()
    found = open_credits(start + limit, seen)[start:]
    parties = Party.objects.in_bulk([payer for payer, _ in found])
    why = "Paid and not applied to an invoice"
    return [
        WorkRow(None, parties[payer], why, cents, "link", "payments:payer", (payer,), "Apply") for payer, cents in found
    ]


def ending(viewer: Viewer, start: int, limit: int) -> tuple[list[WorkRow], int]:
    """Return third parties that run out, the soonest to end first, and how many there are in all."""
    rows, count = running_out(viewer, start, limit)
    return [
        WorkRow(
            row.coverage.client,
            row.organization,
            row.warning,
            row.left_cents,
            "dialog",
            "whopays:third_party",
            (row.coverage.client_id, row.coverage.pk),
            "Renew",
            is_bad=row.is_used_up,
        )
        for row in rows
    ], count

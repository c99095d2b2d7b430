"""Letters to many payers: what was never sent, who has overdue invoices, and who gets no letter and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, reaches_practice, require
from kinbook.invoices.models import (
    Delivery,
    DeliveryKind,
    Invoice,
    InvoiceLine,
    Mailing,
    MailingItem,
    MailingKind,
    ReminderPause,
)
from kinbook.people.queries.mailbox import own_addresses
from kinbook.rules.periods import spoken_day
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

NO_ADDRESS = "No e-mail that may be written to"


@dataclass(frozen=True, slots=True)
class LetterToBe:
    """One letter of a mailing: to whom, about which invoices, how many cents they ask for; or why there is none."""

    payer: Party
    address: str
    invoices: list[Invoice] = field(default_factory=list)
    cents: int = 0
    skipped: str = ""


def mailable(viewer: Viewer) -> QuerySet[Invoice]:
    """Return invoices with something due, all of whose clients the viewer may send invoices of."""
    lines = InvoiceLine.objects.filter(invoice_id=OuterRef("pk"))
    reached = clients_in_reach(viewer, Action.INVOICE_SEND)
    rows = Invoice.objects.filter(Exists(lines.filter(reached)))
    if reached:  # without a condition every line is within reach, and `exclude` of no condition excludes none
        rows = rows.filter(~Exists(lines.exclude(reached)))
    return rows.filter(standing__due_cents__gt=0, standing__is_void=False).select_related("standing")


def unsent(viewer: Viewer, since: date | None = None) -> QuerySet[Invoice]:
    """Return invoices that were never sent to their payer, issued on or after a day."""
    sent = Delivery.objects.filter(invoice_id=OuterRef("pk"), kind=DeliveryKind.INVOICE)
    rows = mailable(viewer).filter(~Exists(sent))
    return rows.filter(issued_on__gte=since) if since else rows


def overdue_invoices(viewer: Viewer, payer_ids: Collection[UUID] | None = None) -> QuerySet[Invoice]:
    """Return overdue invoices, of these payers (all their entries) or of everybody."""
    rows = mailable(viewer).filter(due_on__lt=viewer.today)
    return rows if payer_ids is None else rows.filter(payer_id__in=payer_ids)


def letters_to_send(viewer: Viewer, since: date | None = None) -> list[LetterToBe]:
    """Return a letter for each invoice that was never sent, in the order of their numbers: five queries."""
    invoices = list(unsent(viewer, since).select_related("payer__merged_into", "standing").order_by("number"))
    addresses = own_addresses({_root(each).pk for each in invoices})
    return [
        LetterToBe(payer, address, [each], each.standing.due_cents, "" if address else NO_ADDRESS)
        for each in invoices
        for payer in [_root(each)]
        for address in [addresses.get(payer.pk, "")]
    ]


def letters_to_remind(viewer: Viewer) -> list[LetterToBe]:
    """Return a letter for each payer with overdue invoices, by name: seven queries."""
    found: dict[UUID, list[Invoice]] = defaultdict(list)
    payers: dict[UUID, Party] = {}
    for each in overdue_invoices(viewer).select_related("payer__merged_into", "standing").order_by("due_on", "number"):
        payers[_root(each).pk] = _root(each)
        found[_root(each).pk].append(each)
    addresses = own_addresses(payers)
    paused, told = pauses(payers, viewer.today), reminded_on(viewer, found)
    letters = [
        LetterToBe(
            payer=payers[key],
            address=addresses.get(key, ""),
            invoices=invoices,
            cents=sum(each.standing.due_cents for each in invoices),
            skipped=_why_not(viewer, addresses.get(key, ""), paused.get(key), told.get(key)),
        )
        for key, invoices in found.items()
    ]
    return sorted(letters, key=lambda letter: (letter.payer.sort_name, letter.payer.pk))


def _root(invoice: Invoice) -> Party:
    return invoice.payer.merged_into or invoice.payer


def _why_not(viewer: Viewer, address: str, pause: ReminderPause | None, told: date | None) -> str:
    if pause:
        until = f" until {spoken_day(pause.until)}" if pause.until else ""
        return f"Paused{until}: {pause.reason}"
    if told == viewer.today:
        return "Reminded today already"
    return "" if address else NO_ADDRESS


def pauses(payer_ids: Collection[UUID], today: date) -> dict[UUID, ReminderPause]:
    """Return the pauses that hold on a day, by who stands for the payer."""
    rows = ReminderPause.objects.filter(Q(party_id__in=payer_ids) | Q(party__merged_into__in=payer_ids))
    standing = rows.filter(Q(until=None) | Q(until__gt=today)).annotate(root=F("party__merged_into"))
    found: Any = {getattr(each, "root", None) or each.party_id: each for each in standing.order_by("set_at")}
    return dict(found)


def reminded_on(viewer: Viewer, invoices: dict[UUID, list[Invoice]]) -> dict[UUID, date]:
    """Return the day of each payer's last reminder of these invoices, in the practice's zone."""
    whose = {each.pk: payer for payer, some in invoices.items() for each in some}
    rows = Delivery.objects.filter(invoice_id__in=list(whose), kind=DeliveryKind.REMINDER).order_by("sent_at")
    return {
        whose[invoice]: moment.astimezone(viewer.zone).date()
        for invoice, moment in rows.values_list("invoice_id", "sent_at")
    }


def steps_due(viewer: Viewer, days: Sequence[int], payer_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Return overdue invoices, of these payers or of everybody, that are to be told of now, with their step.

    An invoice is told of the highest step it has reached, once; lower ones it has passed are not made up for. One query
    a step.
    """
    found: dict[UUID, int] = {}
    ordered = sorted(set(days))
    for step, following in zip(ordered, [*ordered[1:], None], strict=True):
        told = Delivery.objects.filter(invoice_id=OuterRef("pk"), kind=DeliveryKind.REMINDER, step__gte=step)
        rows = overdue_invoices(viewer, payer_ids).filter(
            ~Exists(told), due_on__lte=viewer.today - timedelta(days=step)
        )
        if following is not None:
            rows = rows.filter(due_on__gt=viewer.today - timedelta(days=following))
        found |= dict.fromkeys(rows.values_list("pk", flat=True), step)
    return found


@dataclass(frozen=True, slots=True)
class MailingProgress:
    """How far a mailing is, in letters, and what they ask for in cents."""

    done: int
    of: int
    sent: int
    cents: int


def progress_of(mailing: Mailing) -> MailingProgress:
    """Return how far a mailing is."""
    went = Q(done=True, skipped="")
    sums = MailingItem.objects.filter(mailing=mailing).aggregate(
        of_all=Count("pk"),
        of_done=Count("pk", filter=Q(done=True)),
        written=Count("pk", filter=went),
        asked=Sum("cents", filter=went),
    )
    return MailingProgress(sums["of_done"], sums["of_all"], sums["written"], sums["asked"] or 0)


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One letter of a mailing, and what became of it."""

    payer: Party
    invoice: Invoice | None
    cents: int
    done: bool
    skipped: str


SHOWN = 200


def items_of(viewer: Viewer, mailing: Mailing) -> list[ItemShown]:
    """Return the first letters of a mailing, those not sent at the top; nobody the viewer may not know of any more."""
    rows = MailingItem.objects.filter(mailing=mailing).select_related("payer__merged_into", "invoice")
    seen = Invoice.objects.visible_to(viewer).filter(Q(pk=OuterRef("invoice_id")) | Q(payer_id=OuterRef("payer_id")))
    first = rows.filter(Exists(seen)).order_by(F("skipped").desc(), "position")[:SHOWN]
    return [
        ItemShown(each.payer.merged_into or each.payer, each.invoice, each.cents, each.done, each.skipped)
        for each in first
    ]


def mailing_for(viewer: Viewer, mailing_id: UUID) -> Mailing:
    """Return a mailing: one's own, or anybody's for who sees every client's amounts; unknown and hidden look alike."""
    require(viewer, Action.AMOUNTS_SEE)
    rows = Mailing.objects.filter(pk=mailing_id)
    if not reaches_practice(viewer, Action.AMOUNTS_SEE):
        rows = rows.filter(member_id=viewer.id)
    found = rows.first()
    if found is None:
        raise Unknown
    return found


def letters_for(viewer: Viewer, kind: str, since: date | None = None) -> list[LetterToBe]:
    """Return the letters of a mailing to be: its dry run."""
    return letters_to_send(viewer, since) if kind == MailingKind.SEND else letters_to_remind(viewer)


def reminders_of(payers: Collection[UUID]) -> list[tuple[datetime, str, str]]:
    """Return a payer's last reminders: when, of which invoice, and what became of the letter."""
    rows = Delivery.objects.filter(invoice__payer_id__in=payers, kind=DeliveryKind.REMINDER)
    found = rows.select_related("invoice", "letter").order_by("-sent_at", "pk")[:5]
    return [(each.sent_at, each.invoice.name, each.letter.get_state_display().lower()) for each in found]

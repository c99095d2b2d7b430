"""What a change of arrangements would do, before it is saved: the same rules over the same facts, nothing written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kinbook.rules.decide import decide
from kinbook.rules.placing import ended, place
from kinbook.tenancy.models import Practice
from kinbook.whopays.models import Charge, ChargeState, Share
from kinbook.whopays.queries.facts import facts_of, load_rows, share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.rules.arrangement import Arrangement
    from kinbook.rules.facts import Decision
    from kinbook.rules.facts import Share as ShareValue
    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.queries.facts import Rows

    Change = Callable[[Sequence[Arrangement]], list[Arrangement]]

SHOWN = 8


@dataclass(frozen=True, slots=True)
class PartShown:
    """A payer's part of one appointment, in cents."""

    party: Party
    cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One appointment in the preview: who would pay, who pays as things stand, and why."""

    charge: Charge
    parts: list[PartShown]
    was: list[PartShown]
    why: str
    needs: str

    @property
    def moves(self) -> bool:
        """Tell whether somebody else would pay than now."""
        return _amounts(self.parts) != _amounts(self.was)

    @property
    def was_names(self) -> str:
        """Who pays as things stand."""
        return " and ".join(part.party.short_name for part in self.was) or "nobody"


def _amounts(parts: Sequence[PartShown]) -> list[tuple[UUID, int]]:
    return [(part.party.pk, part.cents) for part in parts]


@dataclass(frozen=True, slots=True)
class Total:
    """What a payer's parts come to."""

    party: Party
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class OnInvoice:
    """A live invoice that a change does not touch, and could be re-addressed."""

    invoice_id: UUID
    name: str
    party: Party
    cents: int
    on_date: date


@dataclass(frozen=True, slots=True)
class Preview:
    """The next appointments after a change, their totals, and how much moves in all."""

    upcoming: list[Upcoming]
    totals: list[Total]
    cents: int
    moved: list[Upcoming]
    staying: list[Upcoming]
    needing: int

    @property
    def moved_cents(self) -> int:
        """The cents of the appointments that move."""
        return sum(each.charge.cents for each in self.moved)

    @property
    def staying_cents(self) -> int:
        """The cents of the uninvoiced appointments that stay with whoever has them."""
        return sum(each.charge.cents for each in self.staying)


def placing(new: Arrangement) -> Change:
    """Return the change that places a new arrangement among the others; it may raise Swallows."""
    return lambda known: place(known, new, rest_id="rest")


def ending(on: date) -> Change:
    """Return the change that ends the arrangement in force on a day."""
    return lambda known: ended(known, on)


def preview(viewer: Viewer, client: Client, change: Change | None = None) -> Preview:
    """Return what a change would decide; None shows things as they stand."""
    rows = load_rows([client.pk])
    practice = Practice.objects.get(pk=viewer.practice_id)
    known = facts_of(client.pk, rows, practice)
    if change is not None:
        known = replace(known, arrangements=tuple(change(known.arrangements)))
    decisions = {decision.charge: decision for decision in decide(known)}
    charges = [charge for charge in rows.charges.get(client.pk, []) if str(charge.pk) in decisions]
    charges.sort(key=lambda charge: (charge.moment, charge.pk))
    shown = [_upcoming(charge, decisions[str(charge.pk)], rows) for charge in charges if charge.cents]
    ahead = [each for each in shown if each.charge.on_date >= viewer.today][:SHOWN]
    return Preview(
        upcoming=ahead,
        totals=_totals(ahead),
        cents=sum(each.charge.cents for each in ahead),
        moved=[each for each in shown if each.moves],
        staying=[each for each in shown if not each.moves],
        needing=sum(1 for each in shown if each.needs and each.charge.state == ChargeState.BILLABLE),
    )


def _upcoming(charge: Charge, decision: Decision, rows: Rows) -> Upcoming:
    stored = [share_of(each, rows.root) for each in rows.shares.get(charge.pk, [])]
    return Upcoming(
        charge=charge,
        parts=_parts(decision.shares, rows),
        was=_parts(stored, rows),
        why=decision.needs or decision.explanation,
        needs=decision.needs,
    )


def _parts(shares: Sequence[ShareValue], rows: Rows) -> list[PartShown]:
    return [PartShown(rows.parties[share.payer], share.cents, share.reason) for share in shares]


def _totals(upcoming: Sequence[Upcoming]) -> list[Total]:
    counts: dict[UUID, int] = defaultdict(int)
    cents: dict[UUID, int] = defaultdict(int)
    parties = {}
    for each in upcoming:
        for part in each.parts:
            parties[part.party.pk] = part.party
            counts[part.party.pk] += 1
            cents[part.party.pk] += part.cents
    return [Total(parties[key], counts[key], cents[key]) for key in parties]


def could_be_readdressed(client: Client, since: date, payers: Sequence[UUID]) -> list[OnInvoice]:
    """Return live invoices with charges from a day on that somebody other than these payers was billed for."""
    rows = (
        Share.objects.filter(client=client, invoice_id__isnull=False, on_date__gte=since)
        .exclude(payer_id__in=payers)
        .select_related("payer__merged_into")
        .order_by("on_date", "pk")
    )
    found: dict[UUID, OnInvoice] = {}
    for row in rows:
        known = found.get(row.invoice_id)  # type: ignore[arg-type]
        cents = row.cents + (known.cents if known else 0)
        party = row.payer.merged_into or row.payer
        found[row.invoice_id] = OnInvoice(row.invoice_id, row.invoice_name, party, cents, row.on_date)  # type: ignore[index,arg-type]
    return list(found.values())


def appointment_dates(client: Client, since: date) -> list[str]:
    """Return the dates of the client's appointments from a day on, for the dots of the custody strip."""
    charges = Charge.objects.filter(
        client=client, on_date__gte=since, state__in=[ChargeState.SCHEDULED, ChargeState.BILLABLE]
    )
    return [day.isoformat() for day in charges.values_list("on_date", flat=True)]

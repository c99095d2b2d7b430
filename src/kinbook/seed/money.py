"""The demo's money: invoices of every month, payments that came, some late, and one invoice to the wrong parent."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import advance_run, start_run
from kinbook.invoices.commands.send import send_invoice
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.models import Invoice, InvoiceLine
from kinbook.payments.commands import receive_payment
from kinbook.practice.models import Product
from kinbook.rules.reading import read_rule, write_rule
from kinbook.seed.calendar import WORKBOOK
from kinbook.seed.corrections import correct
from kinbook.seed.month_end import agree_on_invoices, end_the_months
from kinbook.whopays.commands.arrange import read_agreement, set_arrangement
from kinbook.whopays.commands.by_hand import add_charge, sell_product
from kinbook.whopays.commands.override import set_override
from kinbook.whopays.models import Arrangement, Charge, ChargeState

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.seed.people import People
    from kinbook.tenancy.viewer import Viewer

METHODS = ("check", "bank_transfer", "external_card", "cash")
LATE, FORGOTTEN, PART = 0.14, 0.02, 0.04
MONTH_IS_BILLED_AFTER = timedelta(days=7)


def bill_the_months(people: People, sam: Viewer, now: datetime) -> None:
    """Let Sam bill each month that is over, and enter what came in since."""
    chance = random.Random(31)  # noqa: S311 - the same story every time
    today = sam.at(now).today
    _swap_a_session(people, sam)
    agree_on_invoices(people, sam.at(now))
    for last in _month_ends(people.monday, today - MONTH_IS_BILLED_AFTER):
        viewer = sam.at(_nine_o_clock(sam, last + timedelta(days=1)))
        run = start_run(viewer, through=last)
        while advance_run(viewer, run_id=run.pk):
            pass
        _receive(sam, Invoice.objects.filter(run_id=run.pk), now, chance)
    _say_less(sam.at(now))
    correct(people, sam.at(now))
    _bill_the_wrong_parent(people, sam, now)
    _send_the_latest(sam.at(now))
    end_the_months(people, sam.at(now))


def _month_ends(begins: date, until: date) -> list[date]:
    ends: list[date] = []
    day = begins.replace(day=1)
    while True:
        following = (day + timedelta(days=32)).replace(day=1)
        if following - timedelta(days=1) > until:
            return ends
        ends.append(following - timedelta(days=1))
        day = following


def _nine_o_clock(viewer: Viewer, day: date) -> datetime:
    return datetime.combine(day, time(9), viewer.zone)


def _receive(sam: Viewer, invoices: object, now: datetime, chance: random.Random) -> None:
    """Enter each payer's payment for the month: most within three weeks, some in part, some not yet."""
    by_payer: dict[UUID, list[Invoice]] = defaultdict(list)
    for invoice in Invoice.objects.filter(pk__in=invoices.values("pk")).order_by("number"):  # type: ignore[attr-defined]
        by_payer[invoice.payer_id].append(invoice)
    for payer_id, owed in by_payer.items():
        came = _nine_o_clock(sam, owed[0].issued_on + timedelta(days=chance.randint(2, 21)))
        is_old = now - came > timedelta(days=60)
        if came > now or chance.random() < (FORGOTTEN if is_old else LATE):
            continue
        parts = [Settles(each.pk, each.total_cents) for each in owed]
        cents = sum(part.cents for part in parts)
        if chance.random() < PART:
            parts = [Settles(parts[0].invoice_id, parts[0].cents // 2)]
            cents = parts[0].cents
        elif chance.random() < PART:
            cents += 2000
        receive_payment(
            sam.at(came),
            payer_id=payer_id,
            cents=cents,
            method=chance.choice(METHODS),
            received_on=came.date(),
            reference=f"#{chance.randint(1000, 9999)}" if chance.random() < 0.5 else "",
            parts=parts,
        )


def _swap_a_session(people: People, sam: Viewer) -> None:
    """Let one parent of a family that takes turns pay for the other's session: the turns even out by themselves."""
    client_id, payer_id = people.parties["Nour Haddad"], people.parties["Samira Haddad"]
    charges = Charge.objects.filter(client_id=client_id, state=ChargeState.BILLABLE, turn_id__isnull=False)
    charge = charges.exclude(turn_id=payer_id).order_by("-moment").first()
    if charge:
        rule = read_rule({"mode": "single", "payers": [str(payer_id)]})
        set_override(
            sam.at(charge.moment + timedelta(hours=2)),
            charge=charge,
            rule=rule,
            note="Karim is travelling: agreed by phone",
        )


def _say_less(sam: Viewer) -> None:
    """Write off a little of the oldest open invoice, and charge a letter."""
    oldest = Invoice.objects.filter(standing__due_cents__gt=4000).order_by("number").first()
    if oldest:
        write_off(sam, invoice=oldest, charge_id=None, cents=2000, reason="Courtesy: the session began late")
    line = InvoiceLine.objects.order_by("-on_date", "pk").first()
    if line:
        add_charge(
            sam, client_id=line.client_id, kind="fee", description="Letter to the school", cents=3500, on=sam.today
        )
    book = Product.objects.filter(name=WORKBOOK).first()
    if book and oldest:
        sell_product(sam, client_id=oldest.lines.all()[0].client_id, product_id=book.pk, on=sam.today)


def _bill_the_wrong_parent(people: People, sam: Viewer, now: datetime) -> None:
    """Leo's session is billed the same day to Ana; then the parents tell of a swap: that day Leo was with Ben."""
    leo, ana, ben = (people.parties[f"{name} Ortiz"] for name in ("Leo", "Ana", "Ben"))
    hers = Charge.objects.filter(
        client_id=leo, state=ChargeState.BILLABLE, shares__payer_id=ana, shares__invoice_id=None
    )
    charge = hers.order_by("-moment").first()
    if charge is None:
        return
    issue_charges(sam.at(min(now, charge.moment + timedelta(hours=3))), client_id=leo, charge_ids=[charge.pk])
    held = Arrangement.objects.get(client_id=leo)
    terms = write_rule(read_rule(held.rule))
    terms["dates"] = {charge.on_date.isoformat(): str(ben)}
    set_arrangement(sam.at(now), client_id=leo, agreement=read_agreement(terms, starts_on=held.starts_on))


def _send_the_latest(sam: Viewer) -> None:
    """Mail the newest invoices, so that the outbox shows what a parent gets."""
    for invoice in Invoice.objects.exclude(run_id=None).order_by("-number")[:6]:
        send_invoice(sam, invoice=invoice)

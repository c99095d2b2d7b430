"""Everything that can be done with money, one function each: what is new is a function more, and every proof does it.

A deed is given the cast, a viewer and a draw (`random.Random`), and does something drawn, or is refused. `@deed` opens
its transaction; `@deed_of_its_own` opens as many as it needs.
"""

from collections.abc import Callable
from contextlib import suppress

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.runs import advance_run, start_run, stop_run_for_void, void_some_of_run
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import undo_write_off, write_off
from kinbook.invoices.models import Invoice, Run, RunState
from kinbook.payments.commands import allocate_payment, apply_credit, receive_payment, reverse_payment
from kinbook.payments.models import Payment
from kinbook.tenancy.refused import Refused
from kinbook.whopays.commands.by_hand import add_charge, restore_charge, waive_charge
from kinbook.whopays.models import Charge
from tests.cast import TODAY, nov

DEEDS: dict[str, Callable] = {}
WHY = "because"


class Nothing(Refused):
    """There is nothing to do this to yet."""

    def __init__(self):
        super().__init__("There is nothing to do this to yet.")


def deed(do):
    """Enter a deed into the table, done in one transaction."""

    def whole(cast, draw):
        with cast.as_("owner") as viewer:
            do(cast, viewer, draw)

    DEEDS[do.__name__] = whole
    return do


def deed_of_its_own(do):
    """Enter a deed into the table that opens its own transactions."""
    DEEDS[do.__name__] = do
    return do


def one(rows, draw):
    """Return one of the rows, drawn; none where there is none, or where another writer was quicker."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    found = rows.filter(pk=draw.choice(ids)).first() if ids else None
    if found is None:
        raise Nothing
    return found


def cents(draw):
    return draw.choice([1, draw.randint(1, 300_00), draw.randint(1, 300_00)])


def client_of(cast, draw):
    return cast.clients[draw.choice(sorted(cast.clients))]


def payer_of(cast, draw):
    return cast.people[draw.choice(sorted(cast.people))]


@deed
def a_session(cast, viewer, draw):
    status = draw.choice(["show", "show", "show", "no_show", "late_cancelled"])
    day, hour = nov(draw.randint(1, 17)), draw.randint(8, 18)
    cast.book(viewer, client_of(cast, draw), day, hour=hour, status=status, fee_cents=cents(draw))


@deed
def a_product(cast, viewer, draw):
    client_id, day = client_of(cast, draw), nov(draw.randint(1, 17))
    add_charge(viewer, client_id=client_id, kind="product", description="Workbook", cents=cents(draw), on=day)


@deed
def a_charge_waived(_, viewer, draw):
    charge = one(Charge.objects.all(), draw)
    if draw.random() < 0.5:
        waive_charge(viewer, charge=charge, reason=WHY)
    else:
        restore_charge(viewer, charge=charge)


@deed
def one_charge_invoiced(_, viewer, draw):
    charge = one(Charge.objects.all(), draw)
    issue_charges(viewer, client_id=charge.client_id, charge_ids=[charge.pk])


@deed_of_its_own
def month_end(cast, draw):
    with cast.as_("owner") as viewer:
        run = start_run(viewer, through=nov(draw.randint(5, 18)), by_family=draw.random() < 0.3)
    more = True
    while more:
        with cast.as_("owner") as viewer:
            more = advance_run(viewer, run_id=run.pk)


@deed_of_its_own
def a_run_goes_on(cast, draw):
    with cast.as_("owner") as viewer:
        run = one(Run.objects.filter(state=RunState.WORKING), draw)
        advance_run(viewer, run_id=run.pk)


@deed_of_its_own
def a_run_undone(cast, draw):
    with cast.as_("owner") as viewer:
        run = one(Run.objects.all(), draw)
        with suppress(Refused):  # what was stopped before goes on
            stop_run_for_void(viewer, run=run)
    more = True
    while more:
        with cast.as_("owner") as viewer:
            more = void_some_of_run(viewer, run_id=run.pk, reason=WHY)


@deed
def a_payment(cast, viewer, draw):
    method = draw.choice(["cash", "check", "bank_transfer"])
    parts = [] if draw.random() < 0.4 else None
    receive_payment(
        viewer, payer_id=payer_of(cast, draw), cents=cents(draw), method=method, received_on=TODAY, parts=parts
    )


@deed
def a_payment_applied(_, viewer, draw):
    invoice, payment = one(Invoice.objects.all(), draw), one(Payment.objects.all(), draw)
    allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=cents(draw))


@deed
def credit_applied(_, viewer, draw):
    invoice = one(Invoice.objects.all(), draw)
    apply_credit(viewer, payer_id=invoice.payer_id, invoice_id=invoice.pk)


@deed
def a_payment_taken_back(_, viewer, draw):
    reverse_payment(viewer, payment=one(Payment.objects.all(), draw), reason=WHY)


@deed
def let_off(_, viewer, draw):
    write_off(viewer, invoice=one(Invoice.objects.all(), draw), charge_id=None, cents=cents(draw), reason=WHY)


@deed
def not_let_off(_, viewer, draw):
    undo_write_off(viewer, invoice=one(Invoice.objects.all(), draw))


@deed
def voided(_, viewer, draw):
    void_invoice(viewer, invoice=one(Invoice.objects.all(), draw), reason=WHY)


@deed
def recreated(_, viewer, draw):
    recreate_invoice(viewer, invoice=one(Invoice.objects.all(), draw))


@deed
def readdressed(cast, viewer, draw):
    weight = draw.randint(1, 9999)
    invoice = one(Invoice.objects.all(), draw)
    family = next(name for name, client in cast.clients.items() if client in invoice_clients(invoice))
    named = cast.read_rule("percent", parents_of(family), weights=[weight, 10000 - weight])
    rule = named if draw.random() < 0.7 else None
    readdress_invoice(viewer, invoice=invoice, rule=rule, reason=WHY)


@deed
def arranged_anew(cast, viewer, draw):
    name = draw.choice(sorted(cast.clients))
    starts_on = nov(draw.randint(1, 17))
    if draw.random() < 0.5:
        cast.arrange(viewer, cast.clients[name], "by_appointment", parents_of(name), starts_on=starts_on)
    else:
        first = draw.randint(1, 9999)
        weights = [first, 10000 - first]
        cast.arrange(viewer, cast.clients[name], "percent", parents_of(name), weights=weights, starts_on=starts_on)


def invoice_clients(invoice):
    return set(invoice.lines.values_list("client_id", flat=True))


def parents_of(child):
    """Return the names of a child's parents: children are named after their family's number."""
    number = "".join(sign for sign in child if sign.isdigit())
    return [f"ana{number}", f"ben{number}"]


def families(cast, count):
    """Enter families of two children each, whose parents share one and alternate for the other."""
    with cast.as_("owner") as viewer:
        for number in range(count):
            cast.people.pop("ana", None)
            cast.people.pop("ben", None)
            for name, mode in (
                ("Mia", {"mode": "percent", "weights": [6667, 3333]}),
                ("Leo", {"mode": "by_appointment"}),
            ):
                child = cast.child(viewer, f"{name}{number}")
                cast.arrange(viewer, child.pk, **mode)
            cast.people[f"ana{number}"], cast.people[f"ben{number}"] = cast.people["ana"], cast.people["ben"]
    cast.people.pop("ana", None)
    cast.people.pop("ben", None)

"""Issuing: to whoever owes the share, each once, numbered without gaps whoever else is issuing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from kinbook.access.models import PortalGrant
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import advance_run, start_run
from kinbook.invoices.models import Invoice, InvoiceLine, Run
from kinbook.invoices.queries.dry_run import dry_run
from kinbook.invoices.queries.uninvoiced import digest
from kinbook.ledger.balances import payer_standing
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden
from kinbook.whopays.commands.arrange import end_arrangement
from kinbook.whopays.models import Charge, Share
from tests.cast import TODAY, nov
from tests.money import promises_hold, split
from tests.scheduling.visitor import Visitor


def run(viewer, **how):
    """Do a whole run and return its invoices by number."""
    made = start_run(viewer, **{"through": TODAY, **how})
    while advance_run(viewer, run_id=made.pk):
        pass
    return list(Invoice.objects.with_state().filter(run_id=made.pk).order_by("number"))


def test_a_split_gives_each_parent_an_invoice_of_their_own_share(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, 4)
        assert {name: each.total_cents for name, each in invoices.items()} == {"ana": 144_00, "ben": 96_00}
        ana = invoices["ana"]
        assert (ana.payer_name, ana.issued_on, ana.status) == ("Ana Ortiz", TODAY, "issued")
        assert (ana.due_on - ana.issued_on).days == 14
        lines = InvoiceLine.objects.filter(invoice=ana).order_by("position")
        assert [(line.on_date, line.cents, line.charge_cents) for line in lines] == [
            (nov(2), 72_00, 120_00),
            (nov(4), 72_00, 120_00),
        ]
        assert payer_standing([cast.people["ben"]]).balance_cents == 96_00
        promises_hold(cast)


def test_a_share_is_invoiced_once(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        with pytest.raises(Conflict, match="nothing to invoice"):
            issue_charges(
                viewer, client_id=cast.clients["mia"], charge_ids=list(Charge.objects.values_list("pk", flat=True))
            )
        assert run(viewer) == []


def test_what_is_scheduled_canceled_or_needs_a_payer_is_not_invoiced(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.book(viewer, mia.pk, nov(16), status="cancelled")
        cast.book(viewer, mia.pk, nov(17), status="scheduled")
        leo = cast.child(viewer, "Leo")
        end_arrangement(viewer, client_id=leo.pk, on=nov(1))
        needing = cast.book(viewer, leo.pk, nov(2))
        shown = dry_run(viewer, through=TODAY)
        assert (shown.count, shown.left_count) == (0, 1)
        assert (shown.left[0].charge_id, shown.left[0].reason) == (
            needing.pk,
            "No arrangement in force on 2 November 2026",
        )
        assert run(viewer) == []


def test_the_date_is_included_and_later_ones_wait(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for day in (2, 4, 5):
            cast.book(viewer, mia.pk, nov(day))
        (invoice,) = run(viewer, through=nov(4))
        assert invoice.total_cents == 240_00
        assert Share.objects.filter(invoice_id=None).count() == 1


def test_a_dry_run_promises_what_the_run_does(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer), cast.child(viewer, "Leo")
        cast.arrange(viewer, mia.pk, "by_appointment")
        for day in (2, 4, 5):
            cast.book(viewer, mia.pk, nov(day))
            cast.book(viewer, leo.pk, nov(day), hour=18)
        promised = dry_run(viewer, through=TODAY)
        made = run(viewer)
        assert [(each.payer.pk, each.cents) for each in promised.invoices] == [
            (each.payer_id, each.total_cents) for each in made
        ]
        assert promised.cents == sum(each.total_cents for each in made)
        promises_hold(cast)


def siblings(cast, viewer, **flags):
    """Mia and Leo, whom Ana pays for, each seen on 2 November; Ana's portal flags for both."""
    children = [cast.child(viewer), cast.child(viewer, "Leo")]
    for child in children:
        cast.book(viewer, child.pk, nov(2), hour=15 if child.pk == children[0].pk else 17)
        if flags:
            PortalGrant.objects.create(
                practice_id=cast.practice_id, client_id=child.pk, party_id=cast.people["ana"], **flags
            )
    return children


OPEN = {"access": True, "billing_documents": True}


def test_a_family_that_prefers_it_gets_one_invoice(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **OPEN)
        (invoice,) = run(viewer, by_family=True)
        assert (invoice.total_cents, invoice.lines.values("client").distinct().count()) == (240_00, 2)
        promises_hold(cast)


def test_without_the_wish_each_child_has_an_invoice(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **OPEN)
        assert len(run(viewer)) == 2


@pytest.mark.parametrize(
    "flags", [{}, {"access": True, "billing_documents": False}, {"access": False, "billing_documents": True}]
)
def test_a_family_invoice_holds_no_child_whose_billing_documents_are_closed(cast, flags):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **flags)
        assert len(run(viewer, by_family=True)) == 2


def test_a_confidential_line_never_stands_on_the_familys_invoice(cast):
    with cast.as_("owner") as viewer:
        Practice.objects.update(guardians_pay_confidential=True)
        mia, _ = siblings(cast, viewer, **OPEN)
        cast.book(viewer, mia.pk, nov(3), confidential=True)
        made = run(viewer, by_family=True)
        assert sorted(each.total_cents for each in made) == [120_00, 240_00]
        alone = next(each for each in made if each.total_cents == 120_00)
        assert alone.lines.get().on_date == nov(3)


def test_numbers_within_a_run_tell_nothing_of_families(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, parents=("ana", "ben", "cy"))
        cast.arrange(viewer, mia.pk, "percent", ["ana", "ben", "cy"], weights=[4000, 3000, 3000])
        cast.book(viewer, mia.pk, nov(2))
        made = run(viewer)
        assert [each.number for each in made] == [1, 2, 3]
        assert [each.payer_id for each in made] == sorted((each.payer_id for each in made), key=digest)


def test_who_was_entered_one_after_the_other_is_not_numbered_so():
    entered = [UUID(int=place) for place in range(12)]
    order = [each.int for each in sorted(entered, key=digest)]
    assert sum(abs(one - other) == 1 for one, other in pairwise(order)) <= len(order) // 3
    assert order not in (sorted(order), sorted(order, reverse=True))


def test_a_prefix_is_printed_and_the_number_goes_on(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        Practice.objects.update(invoice_prefix="HL/")
        cast.book(viewer, cast.clients["mia"], nov(4))
        assert [each.name for each in run(viewer)] == ["HL/3", "HL/4"]


@pytest.mark.parametrize("name", ["scheduler", "basic", "supervisor"])
def test_who_may_not_invoice_is_refused(cast, name):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charge = cast.book(viewer, mia.pk, nov(2)).pk
    with cast.as_(name) as viewer:
        with pytest.raises(Forbidden):
            issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        with pytest.raises(Forbidden):
            start_run(viewer, through=TODAY)


def test_a_clinician_invoices_their_own_clients_only(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer), cast.child(viewer, "Leo", clinician=None)
        for child in (mia, leo):
            cast.book(viewer, child.pk, nov(2), hour=15 if child is mia else 17)
    with cast.as_("kim") as viewer:
        (invoice,) = run(viewer)
        assert invoice.lines.get().client_id == mia.pk


class RolledBack(Exception):
    pass


def break_off(is_due):
    if is_due:
        raise RolledBack


def test_numbers_have_no_gaps_under_eight_issuers_some_of_whom_fail(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        charges = []
        for place in range(8):
            child = lasting_cast.child(viewer, f"Child{place}")
            charges += [(child.pk, lasting_cast.book(viewer, child.pk, nov(day)).pk) for day in (2, 3, 4)]

    def issue_or_fail(place):
        client, charge = charges[place]
        try:
            with lasting_cast.as_("owner") as viewer:
                issue_charges(viewer, client_id=client, charge_ids=[charge])
                break_off(place % 3 == 1)
        except RolledBack:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(issue_or_fail, range(len(charges))))
    assert made == 16
    with lasting_cast.as_("owner"):
        assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 17))
        promises_hold(lasting_cast)


def test_two_billers_press_create_invoices_at_once(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        for place in range(6):
            child = lasting_cast.child(viewer, f"Child{place}")
            lasting_cast.arrange(viewer, child.pk, "percent", weights=[5000, 5000])
            for day in (2, 3):
                lasting_cast.book(viewer, child.pk, nov(day), fee_cents=125_01)
    together = threading.Barrier(2)

    def press(name):
        try:
            visitor = Visitor(lasting_cast, name)
            together.wait()
            return visitor.post("/billing/invoices/create/", {"through": "2026-11-18", "group": "client"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, ["biller", "owner"])) == [302, 302]
    with lasting_cast.as_("owner"):
        assert Invoice.objects.count() == 12
        assert not Share.objects.filter(invoice_id=None).exists()
        assert {each.state for each in Run.objects.all()} == {"done"}
        promises_hold(lasting_cast)


def test_an_issued_invoice_takes_no_line_and_no_change(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        ana = split(lasting_cast, viewer, 2)["ana"]
        line = ana.lines.get()
    with lasting_cast.as_("owner"):
        line.pk, line.position = ana.pk, 2
        with pytest.raises(IntegrityError, match="takes no more lines"), transaction.atomic():
            line.save(force_insert=True)
        for change in (lambda: Invoice.objects.update(total_cents=1), InvoiceLine.objects.all().delete):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()

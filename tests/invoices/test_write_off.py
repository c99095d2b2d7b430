"""A write-off gives up at most what is due, with a reason and an author, and can be taken back."""

import pytest

from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import undo_write_off, write_off, write_off_share
from kinbook.invoices.models import Invoice, WriteOff
from kinbook.ledger.balances import payer_standing
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.models import Charge
from tests.money import invoiced, pay, promises_hold, split, standing


def test_it_is_of_a_share_with_a_reason_and_an_author(cast):
    with cast.as_("biller") as viewer:
        pass
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
    with cast.as_("biller") as viewer:
        write_off(viewer, invoice=invoices["ben"], charge_id=None, cents=8_00, reason="hardship")
        (row,) = WriteOff.objects.all()
        assert (row.cents, row.reason, row.made_by) == (8_00, "hardship", "Sam Doyle")
        assert payer_standing([cast.people["ben"]]).written_off_cents == 8_00
        assert standing(cast, "ben") == (40_00, 0)
        assert standing(cast, "ana") == (72_00, 0)
        promises_hold(cast)


@pytest.mark.parametrize("cents", [0, -1, 120_01])
def test_it_is_at_most_what_is_due(cast, cents):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Invalid) as refused:
            write_off(viewer, invoice=invoice, charge_id=None, cents=cents, reason="hardship")
        assert "cents" in refused.value.problems


def test_what_was_paid_cannot_be_written_off(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 100_00)
        with pytest.raises(Invalid):
            write_off(viewer, invoice=invoice, charge_id=None, cents=20_01, reason="hardship")
        write_off(viewer, invoice=invoice, charge_id=None, cents=20_00, reason="hardship")
        assert Invoice.objects.with_state().get().status == "paid"
        promises_hold(cast)


def test_of_several_lines_partly_paid_only_what_is_due_is_given_up(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 100_00)
        with pytest.raises(Invalid):
            write_off(viewer, invoice=invoice, charge_id=None, cents=140_01, reason="hardship")
        write_off(viewer, invoice=invoice, charge_id=None, cents=140_00, reason="hardship")
        assert Invoice.objects.with_state().get().status == "paid"
        promises_hold(cast)


def test_one_charge_of_several_is_given_up(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        first = invoice.lines.order_by("position").first().charge_id
        with pytest.raises(Invalid):
            write_off(viewer, invoice=invoice, charge_id=first, cents=120_01, reason="hardship")
        write_off(viewer, invoice=invoice, charge_id=first, cents=120_00, reason="hardship")
        with pytest.raises(Invalid):
            write_off(viewer, invoice=invoice, charge_id=first, cents=1, reason="again")
        assert WriteOff.objects.get().charge_id == first
        promises_hold(cast)


def test_it_says_why(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Invalid) as refused:
            write_off(viewer, invoice=invoice, charge_id=None, cents=1, reason=" ")
        assert "reason" in refused.value.problems


def test_taken_back_it_is_due_again_and_can_be_written_off_anew(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        write_off(viewer, invoice=invoice, charge_id=None, cents=120_00, reason="hardship")
        undo_write_off(viewer, invoice=invoice)
        assert Invoice.objects.with_state().get().status == "issued"
        write_off(viewer, invoice=invoice, charge_id=None, cents=30_00, reason="hardship")
        undo_write_off(viewer, invoice=invoice)
        assert standing(cast, "ana") == (120_00, 0)
        void_invoice(viewer, invoice=invoice, reason="?")
        with pytest.raises(Conflict):
            undo_write_off(viewer, invoice=invoice)
        promises_hold(cast)


def test_a_void_invoice_has_nothing_to_give_up(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="?")
        with pytest.raises(Invalid):
            write_off(viewer, invoice=invoice, charge_id=None, cents=1, reason="hardship")


def test_a_scheduler_takes_payments_and_gives_nothing_up(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
    with cast.as_("scheduler") as viewer:
        pay(cast, viewer, "ana", 10_00)
        with pytest.raises(Forbidden):
            write_off(viewer, invoice=invoice, charge_id=None, cents=1, reason="hardship")


def test_what_a_payer_owes_of_a_charge_is_given_up_over_all_their_invoices(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, weights=(5000, 5000))
        rule = cast.read_rule("single", ["ana"])
        readdress_invoice(viewer, invoice=invoices["ben"], rule=rule, reason="Ana pays for Ben")
        charge = Charge.objects.get()
        ana = [cast.people["ana"]]
        with pytest.raises(Invalid):
            write_off_share(viewer, charge=charge, payer_ids=ana, cents=120_01, reason="hardship")
        write_off_share(viewer, charge=charge, payer_ids=ana, cents=100_00, reason="hardship")
        assert standing(cast, "ana") == (20_00, 0)
        assert sorted(WriteOff.objects.values_list("cents", flat=True)) == [40_00, 60_00]
        with pytest.raises(Conflict):
            write_off_share(viewer, charge=charge, payer_ids=[cast.people["ben"]], cents=1, reason="hardship")
        promises_hold(cast)

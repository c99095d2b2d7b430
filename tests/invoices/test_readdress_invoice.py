"""Re-address: the wrong parent never holds a live invoice, the right one is never billed twice."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.models import Invoice, InvoiceLine
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import receive_payment
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.models import Charge, Share
from tests.cast import nov


def invoiced(cast, viewer, *days, agreement=None):
    mia = cast.child(viewer)
    charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in days or (2,)]
    return issue_charges(viewer, client_id=mia.pk, charge_ids=charges)


def test_13_paid_then_readdressed_leaves_the_money_with_who_paid(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        receive_payment(viewer, payer_id=cast.people["ana"], cents=120_00, method="check", received_on=nov(3))
        assert Invoice.objects.with_state().get(pk=invoice.pk).status == "paid"
        result = readdress_invoice(
            viewer, invoice=invoice, rule=cast.read_rule("single", ["ben"]), reason="swap called off"
        )
        assert result.voided.status == "void"
        (new,) = result.issued
        assert (new.payer_id, new.total_cents, new.status) == (cast.people["ben"], 120_00, "issued")
        ana, ben = (payer_standing([cast.people[name]]) for name in ("ana", "ben"))
        assert (ana.balance_cents, ana.credit_cents) == (-120_00, 120_00)
        assert (ben.balance_cents, ben.credit_cents) == (120_00, 0)


def test_readdressing_to_the_same_payer_is_refused(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_invoice(viewer, invoice=invoice, rule=cast.read_rule("single", ["ana"]), reason="again")
        assert Invoice.objects.count() == 1


def test_readdressing_by_the_arrangement_as_it_stands_now(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        cast.arrange(viewer, cast.clients["mia"], "by_appointment", ["ben", "ana"])
        result = readdress_invoice(viewer, invoice=invoice, rule=None, reason="they alternate")
        assert {each.payer_id: each.total_cents for each in result.issued} == {
            cast.people["ben"]: 120_00,
            cast.people["ana"]: 120_00,
        }


def test_a_void_frees_shares_for_the_same_payer_and_recreate_decides_anew(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="wrong parent")
        cast.arrange(viewer, cast.clients["mia"], "single", ["ben"])
        share = Share.objects.get()
        assert (share.payer_id, share.invoice_id) == (cast.people["ana"], None)
        (again,) = recreate_invoice(viewer, invoice=invoice)
        assert again.payer_id == cast.people["ben"]
        assert again.number == 2
        with pytest.raises(Conflict):
            void_invoice(viewer, invoice=invoice, reason="twice")
        with pytest.raises(Invalid):
            void_invoice(viewer, invoice=again, reason=" ")


def test_one_share_of_a_split_goes_to_another(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, parents=("ana", "ben", "cy"))
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        charge = cast.book(viewer, mia.pk, nov(2)).pk
        invoices = issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        bens = next(each for each in invoices if each.payer_id == cast.people["ben"])
        result = readdress_invoice(
            viewer, invoice=bens, rule=cast.read_rule("single", ["cy"]), reason="Cy pays for Ben"
        )
        assert [(each.payer_id, each.total_cents) for each in result.issued] == [(cast.people["cy"], 48_00)]
        assert Charge.objects.get().given is None
        assert sorted(Share.objects.values_list("cents", flat=True)) == [48_00, 72_00]
        line = InvoiceLine.objects.get(invoice=result.issued[0])
        assert "Re-addressed from Ben" in line.reason
        assert line.payer_reason == "Your share, as arranged for 2 November 2026"

"""What touches a family's invoice whole needs the right to every client on it, whichever of them is out of reach."""

import pytest

from kinbook.access.models import Assignment
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import undo_write_off, write_off
from kinbook.payments.commands import allocate_payment, apply_credit
from kinbook.payments.models import Payment
from kinbook.tenancy.refused import Forbidden
from tests.invoices.test_issue_invoices import OPEN, run, siblings
from tests.money import pay, promises_hold


def delete(cast, viewer, invoice):
    void_invoice(viewer, invoice=invoice, reason="?")


def recreate(cast, viewer, invoice):
    recreate_invoice(viewer, invoice=invoice)


def give_away(cast, viewer, invoice):
    readdress_invoice(viewer, invoice=invoice, rule=cast.read_rule("single", ["ben"]), reason="?")


def give_up(cast, viewer, invoice):
    write_off(viewer, invoice=invoice, charge_id=None, cents=200_00, reason="?")


def take_back(cast, viewer, invoice):
    undo_write_off(viewer, invoice=invoice)


def settle(cast, viewer, invoice):
    allocate_payment(viewer, payment=Payment.objects.get(), invoice_id=invoice.pk, cents=50_00)


def use_credit(cast, viewer, invoice):
    apply_credit(viewer, payer_id=cast.people["ana"], invoice_id=invoice.pk)


BEFORE = {recreate: delete, take_back: give_up}


@pytest.mark.parametrize("deed", [delete, recreate, give_away, give_up, take_back, settle, use_credit])
def test_a_clinician_does_it_only_where_every_client_on_it_is_theirs(cast, deed):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **OPEN)
        (invoice,) = run(viewer, by_family=True)
        pay(cast, viewer, "ana", 50_00, parts=[])
        if deed in BEFORE:
            BEFORE[deed](cast, viewer, invoice)
    for child in cast.clients.values():
        with cast.as_("kim") as viewer:
            assigned = Assignment.objects.filter(client_id=child)
            assigned.update(member_id=cast.members["basic"])
            with pytest.raises(Forbidden):
                deed(cast, viewer, invoice)
            assigned.update(member_id=viewer.id)
    with cast.as_("kim") as viewer:
        deed(cast, viewer, invoice)
        promises_hold(cast)

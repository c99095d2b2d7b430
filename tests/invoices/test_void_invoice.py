"""Delete is a void with a reason: the number stays, the shares wait for the same payers, the money stays its payer's."""

import pytest
from django.db import IntegrityError, transaction

from kinbook.audit.models import Entry
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.models import Invoice, Succession, Void
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.team.commands.permissions import grant_permission
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.models import Charge, Share
from tests.cast import nov
from tests.invoices.test_issue_invoices import run
from tests.money import invoiced, pay, promises_hold, split, standing
from tests.scheduling.visitor import Visitor


def test_the_number_stays_and_the_next_one_goes_on(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void = void_invoice(viewer, invoice=invoice, reason="wrong address")
        assert (void.status, void.standing.due_cents) == ("void", 0)
        assert Void.objects.get().reason == "wrong address"
        (again,) = run(viewer)
        assert (again.number, again.payer_id, again.total_cents) == (2, invoice.payer_id, 120_00)
        told = Entry.objects.get(action="invoice.voided")
        assert (told.client_id, told.details["reason"]) == (cast.clients["mia"], "wrong address")
        promises_hold(cast)


def test_money_on_it_becomes_its_payers_credit_and_a_write_off_is_taken_back(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        write_off(viewer, invoice=invoice, charge_id=None, cents=20_00, reason="hardship")
        pay(cast, viewer, "ana", 50_00)
        void_invoice(viewer, invoice=invoice, reason="twice")
        assert standing(cast, "ana") == (-50_00, 50_00)
        assert standing(cast, "ben") == (0, 0)
        promises_hold(cast)


def test_shares_wait_for_the_same_payers_whatever_the_arrangement_says_now(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="misprint")
        cast.arrange(viewer, cast.clients["mia"], "single", ["ben"])
        (again,) = run(viewer)
        assert again.payer_id == cast.people["ana"]


def test_recreate_decides_by_the_arrangement_on_record(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="wrong parent")
        cast.arrange(viewer, cast.clients["mia"], "percent", weights=[5000, 5000])
        made = recreate_invoice(viewer, invoice=invoice)
        assert {each.payer_id: each.total_cents for each in made} == {
            cast.people["ana"]: 60_00,
            cast.people["ben"]: 60_00,
        }
        assert Succession.objects.filter(voided=invoice).count() == 2
        with pytest.raises(Conflict):
            recreate_invoice(viewer, invoice=invoice)
        promises_hold(cast)


def test_a_charge_is_free_only_when_no_share_of_it_is_live(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        void_invoice(viewer, invoice=invoices["ben"], reason="wrong address")
        with pytest.raises(Conflict, match=f"This is on {invoices['ana'].name}"):
            recreate_invoice(viewer, invoice=invoices["ben"])
        assert [each.payer_id for each in open_shares()] == [cast.people["ben"]]
        assert Charge.objects.get().given is not None
        void_invoice(viewer, invoice=invoices["ana"], reason="both")
        assert Charge.objects.get().given is None
        assert len(recreate_invoice(viewer, invoice=invoices["ben"])) == 2
        promises_hold(cast)


def test_what_stands_cannot_be_recreated(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Conflict, match="is not deleted"):
            recreate_invoice(viewer, invoice=invoice)


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 501])
def test_a_void_says_why(cast, reason):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Invalid) as refused:
            void_invoice(viewer, invoice=invoice, reason=reason)
        assert set(refused.value.problems) == {"reason"}
        assert Invoice.objects.with_state().get().status == "issued"


def test_a_clinician_voids_only_where_all_clients_are_theirs(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, clinician=None)
    with cast.as_("kim") as viewer, pytest.raises(Forbidden):
        void_invoice(viewer, invoice=invoice, reason="not mine")


def test_an_invoiced_appointment_cannot_change_what_it_charges(cast):
    from kinbook.scheduling.commands.change import change_appointment
    from kinbook.scheduling.models import Appointment

    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Conflict, match=invoice.name):
            change_appointment(viewer, appointment=Appointment.objects.get(), fields={"fee_cents": 1})


def test_the_database_itself_keeps_a_void_invoice_free_of_shares(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        (invoice,) = invoiced(lasting_cast, viewer)
    with pytest.raises(IntegrityError, match="due nothing"), lasting_cast.as_("owner") as viewer:
        Void.objects.create(
            practice_id=lasting_cast.practice_id, invoice=invoice, reason="?", voided_at=viewer.now, voided_by="x"
        )
    with lasting_cast.as_("owner"), transaction.atomic():
        assert Share.objects.get().invoice_id == invoice.pk


def test_two_void_at_once_and_the_second_is_told(lasting_cast):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    with lasting_cast.as_("owner") as viewer:
        (invoice,) = invoiced(lasting_cast, viewer)

    def void(name):
        try:
            with lasting_cast.as_(name) as viewer:
                void_invoice(viewer, invoice=invoice, reason=name)
        except Conflict as told:
            return told.sentence
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(void, ["owner", "biller"]))
    assert answers == ["INV-1 is void already. Nothing was changed.", "done"]
    with lasting_cast.as_("owner") as viewer:
        again = issue_charges(
            viewer, client_id=lasting_cast.clients["mia"], charge_ids=[Charge.objects.get(on_date=nov(2)).pk]
        )
        assert [each.number for each in again] == [2]
        promises_hold(lasting_cast)


def test_who_only_sees_invoices_deletes_none(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        desk = {"member_id": cast.members["scheduler"], "scope": "all", "note": "Answers questions about bills"}
        grant_permission(viewer, action="amounts:see", **desk)
    with cast.as_("scheduler") as viewer:
        seen = Invoice.objects.visible_to(viewer).get()
        with pytest.raises(Forbidden):
            void_invoice(viewer, invoice=seen, reason="wrong")
    rosa, url = Visitor(cast, "scheduler"), f"/billing/invoices/{invoice.pk}/"
    assert rosa.get(url).status_code == 200
    assert rosa.send(f"{url}void/", {"reason": "wrong"}).status_code == 403
    with cast.as_("owner"):
        assert not Void.objects.exists()

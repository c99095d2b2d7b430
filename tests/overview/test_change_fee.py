"""The fee of an invoiced appointment changes in one step: void and reissue, or a credit note to each payer."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.models import CreditNote, Invoice
from kinbook.overview.commands.fee import change_invoiced_fee
from kinbook.overview.queries.fee import fee_preview
from kinbook.rules.discount import Terms
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.discounts import DiscountDraft, set_discount
from kinbook.whopays.models import Charge, Share
from tests.cast import nov
from tests.money import pay, promises_hold, standing
from tests.payments.test_payments import due
from tests.scheduling.visitor import Visitor


def invoiced_visit(cast, viewer, mode="percent", **rule):
    """Mia's session of 2 November, invoiced to Ana and Ben 60/40 unless said otherwise."""
    mia = cast.child(viewer)
    rule = rule or {"weights": [6000, 4000]}
    cast.arrange(viewer, mia.pk, mode, **rule)
    visit = cast.book(viewer, mia.pk, nov(2))
    made = issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
    names = {party: name for name, party in cast.people.items()}
    return visit, {names[each.payer_id]: each for each in made}


def change(viewer, visit, fee, how="credit", reason="Agreed on less"):
    return change_invoiced_fee(viewer, appointment=visit, fee_cents=fee, how=how, reason=reason)


def owed(cast):
    return {name: standing(cast, name)[0] for name in ("ana", "ben")}


def test_reissued_its_invoices_are_void_and_the_shares_follow_the_new_fee(cast):
    with cast.as_("owner") as viewer:
        visit, invoices = invoiced_visit(cast, viewer)
        pay(cast, viewer, "ana", 72_00)
        change(viewer, visit, 150_00, how="reissue")
        assert {
            each.status for each in Invoice.objects.with_state().filter(pk__in=[i.pk for i in invoices.values()])
        } == {"void"}
        assert owed(cast) == {"ana": 90_00 - 72_00, "ben": 60_00}
        assert standing(cast, "ana")[1] == 72_00, "what she paid is hers"
        assert Appointment.objects.get(pk=visit.pk).fee_cents == 150_00
        promises_hold(cast)


def test_another_charge_on_the_same_invoice_is_reissued_as_it_was(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        visits = [cast.book(viewer, mia.pk, nov(day)) for day in (2, 4)]
        issue_charges(viewer, client_id=mia.pk, charge_ids=[each.pk for each in visits])
        change(viewer, visits[0], 100_00, how="reissue")
        assert due() == [0, 220_00]
        promises_hold(cast)


def test_credited_each_payer_gets_a_credit_note_by_the_rule(cast):
    with cast.as_("owner") as viewer:
        visit, invoices = invoiced_visit(cast, viewer)
        change(viewer, visit, 100_00)
        assert {each.invoice_id: each.total_cents for each in CreditNote.objects.all()} == {
            invoices["ana"].pk: 12_00,
            invoices["ben"].pk: 8_00,
        }
        assert owed(cast) == {"ana": 60_00, "ben": 40_00}
        promises_hold(cast)


def test_a_fixed_amount_stays_and_who_pays_the_rest_pays_less(cast):
    with cast.as_("owner") as viewer:
        ben = str(cast.child(viewer, "Leo") and cast.people["ben"])
        visit, _ = invoiced_visit(cast, viewer, "amount", amounts={ben: 50_00})
        change(viewer, visit, 100_00)
        assert owed(cast) == {"ana": 50_00, "ben": 50_00}
        promises_hold(cast)


def test_what_was_paid_too_much_becomes_credit(cast):
    with cast.as_("owner") as viewer:
        visit, _ = invoiced_visit(cast, viewer)
        pay(cast, viewer, "ana", 72_00)
        told = fee_preview(viewer, visit, 100_00)
        assert {(each.cents, each.paid_cents) for each in told.credits} == {(12_00, 12_00), (8_00, 0)}
        change(viewer, visit, 100_00)
        assert standing(cast, "ana") == (-12_00, 12_00)
        promises_hold(cast)


def test_lowered_twice_and_then_changed_otherwise_nothing_is_refused_for_the_fee(cast):
    with cast.as_("owner") as viewer:
        visit, _ = invoiced_visit(cast, viewer)
        change(viewer, visit, 100_00)
        visit = change(viewer, visit, 80_00)
        assert owed(cast) == {"ana": 48_00, "ben": 32_00}
        change_appointment(viewer, appointment=visit, fields={"video_link": "https://call.example/1"})
        with pytest.raises(Conflict, match="INV-"):
            change_appointment(viewer, appointment=visit, fields={"fee_cents": 120_00})
        promises_hold(cast)


def test_voided_later_the_lower_fee_is_what_is_billed_again(cast):
    with cast.as_("owner") as viewer:
        visit, invoices = invoiced_visit(cast, viewer)
        change(viewer, visit, 100_00)
        void_invoice(viewer, invoice=invoices["ana"], reason="Wrong address")
        assert Share.objects.get(charge_id=visit.pk, invoice_id=None).cents == 60_00
        promises_hold(cast)
        issue_charges(viewer, client_id=visit.client_id, charge_ids=[visit.pk])
        assert owed(cast) == {"ana": 60_00, "ben": 40_00}
        promises_hold(cast)
        for each in Invoice.objects.filter(standing__is_void=False):
            void_invoice(viewer, invoice=each, reason="All anew")
        assert Charge.objects.get(pk=visit.pk).cents == 100_00
        recreate_invoice(viewer, invoice=invoices["ana"])
        assert owed(cast) == {"ana": 60_00, "ben": 40_00}
        promises_hold(cast)


@pytest.mark.parametrize("rule", ["single", None])
def test_readdressed_later_the_other_owes_the_lower_share(cast, rule):
    with cast.as_("owner") as viewer:
        visit, invoices = invoiced_visit(cast, viewer, "single", payers=("ana",))
        change(viewer, visit, 100_00)
        cast.arrange(viewer, visit.client_id, "single", ["ben"], starts_on=nov(1))
        named = cast.read_rule("single", ["ben"]) if rule else None
        readdress_invoice(viewer, invoice=invoices["ana"], rule=named, reason="Wrong parent")
        assert owed(cast) == {"ana": 0, "ben": 100_00}
        promises_hold(cast)


def test_a_credit_note_never_raises_a_fee_and_what_is_written_off_is_not_credited_again(cast):
    with cast.as_("owner") as viewer:
        visit, invoices = invoiced_visit(cast, viewer)
        with pytest.raises(Conflict, match="only lowers"):
            change(viewer, visit, 130_00)
        with pytest.raises(Invalid, match="its fee already"):
            change(viewer, visit, 120_00)
        with pytest.raises(Invalid) as refused:
            change(viewer, visit, 100_00, reason=" ")
        assert set(refused.value.problems) == {"reason"}
        write_off(viewer, invoice=invoices["ana"], charge_id=None, cents=70_00, reason="Hardship")
        with pytest.raises(Conflict, match="void and reissue it instead"):
            change(viewer, visit, 100_00)
        promises_hold(cast)


def test_a_discounted_one_is_reissued(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        set_discount(viewer, client_id=mia.pk, draft=DiscountDraft(Terms(percent=2500), nov(1)))
        visit = cast.book(viewer, mia.pk, nov(2))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
        with pytest.raises(Conflict, match="void and reissue"):
            change(viewer, visit, 100_00)
        change(viewer, visit, 100_00, how="reissue")
        assert due() == [0, 75_00]
        promises_hold(cast)


def test_what_is_on_no_invoice_is_changed_as_it_is(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        visit = cast.book(viewer, mia.pk, nov(2))
        with pytest.raises(Conflict, match="on no invoice"):
            change(viewer, visit, 100_00)


def test_whoever_may_not_delete_invoices_changes_no_invoiced_fee(cast):
    with cast.as_("owner") as viewer:
        visit, _ = invoiced_visit(cast, viewer)
    for name in ("scheduler", "basic", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            change(viewer, visit, 100_00)


def test_the_card_leads_there_and_the_dialog_says_both_ways(cast):
    with cast.as_("owner") as viewer:
        visit, _ = invoiced_visit(cast, viewer)
    biller = Visitor(cast, "biller")
    card = biller.get(f"/calendar/{visit.pk}/", HTTP_HX_REQUEST="true").content.decode()
    assert f"/calendar/{visit.pk}/fee/" in card
    told = biller.get(f"/calendar/{visit.pk}/fee/?fee=100").content.decode()
    assert "Ana $60.00" in told
    assert "−$12.00" in told
    biller.post(f"/calendar/{visit.pk}/fee/", {"fee": "100", "how": "credit", "reason": "Agreed"})
    with cast.as_("owner"):
        assert owed(cast) == {"ana": 60_00, "ben": 40_00}

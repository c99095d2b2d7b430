"""Re-address: the wrong parent never holds a live invoice, the right one is never billed twice."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.runs import advance_run, start_run
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.models import Invoice, InvoiceLine, Succession, WriteOff
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.queries.readdress_page import readdress_preview
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import receive_payment
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Contact
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.models import Charge, Share
from tests.cast import TODAY, nov
from tests.invoices.test_issue_invoices import OPEN, siblings
from tests.money import invoiced, pay, promises_hold, split, standing


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


def to(cast, viewer, invoice, *names, weights=None, reason="the wrong parent"):
    rule = cast.read_rule("percent", names, weights=list(weights)) if weights else cast.read_rule("single", list(names))
    return readdress_invoice(viewer, invoice=invoice, rule=rule, reason=reason)


def owed(result):
    return {each.payer_name.split()[0].lower(): each.total_cents for each in result.issued}


def test_part_of_it_paid_stays_with_who_paid_and_the_other_owes_all(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 50_00)
        assert Invoice.objects.with_state().get().status == "partly_paid"
        result = to(cast, viewer, invoice, "ben")
        assert (result.voided.status, owed(result)) == ("void", {"ben": 120_00})
        assert standing(cast, "ana") == (-50_00, 50_00)
        assert standing(cast, "ben") == (120_00, 0)
        promises_hold(cast)


def test_credit_of_the_old_payer_is_never_applied_by_itself(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 120_00)
        to(cast, viewer, invoice, "ben")
        charge = cast.book(viewer, cast.clients["mia"], nov(9)).pk
        (again,) = issue_charges(viewer, client_id=cast.clients["mia"], charge_ids=[charge])
        assert (again.payer_id, again.status) == (cast.people["ana"], "issued")
        assert standing(cast, "ana") == (0, 120_00)
        promises_hold(cast)


def test_a_write_off_is_taken_back_and_the_new_invoice_starts_whole(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        write_off(viewer, invoice=invoice, charge_id=None, cents=40_00, reason="hardship")
        pay(cast, viewer, "ana", 80_00)
        result = to(cast, viewer, invoice, "ben")
        assert owed(result) == {"ben": 120_00}
        assert sorted(WriteOff.objects.values_list("cents", flat=True)) == [-40_00, 40_00]
        assert standing(cast, "ana") == (-80_00, 80_00)
        promises_hold(cast)


def test_an_invoice_is_divided_between_its_payer_and_another(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        result = to(cast, viewer, invoice, "ana", "ben", weights=(5000, 5000))
        assert owed(result) == {"ana": 60_00, "ben": 60_00}
        assert set(Succession.objects.values_list("voided", "issued")) == {
            (invoice.pk, each.pk) for each in result.issued
        }
        promises_hold(cast)


def test_it_can_be_divided_by_amounts(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        rule = cast.read_rule("amount", ["ben", "ana"], amounts={"ben": 50_00})
        result = readdress_invoice(viewer, invoice=invoice, rule=rule, reason="agreed by phone")
        assert owed(result) == {"ben": 50_00, "ana": 70_00}


def test_the_turn_moves_with_the_share_and_the_next_one_is_fair(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        first = cast.book(viewer, mia.pk, nov(2)).pk
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[first])
        cast.book(viewer, mia.pk, nov(4))
        assert Share.objects.get(on_date=nov(4)).payer_id == cast.people["ben"]
        to(cast, viewer, invoice, "ben")
        assert Share.objects.get(on_date=nov(4)).payer_id == cast.people["ana"]
        promises_hold(cast)


def test_one_payer_may_then_hold_two_shares_of_a_charge(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        result = to(cast, viewer, invoices["ben"], "ana")
        assert owed(result) == {"ana": 48_00}
        shares = Share.objects.order_by("cents").values_list("payer_id", "cents")
        assert list(shares) == [(cast.people["ana"], 48_00), (cast.people["ana"], 72_00)]
        promises_hold(cast)


def test_a_readdressed_charge_leaves_the_account_and_is_never_claimed_back(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        to(cast, viewer, invoices["ben"], "ana")
        cast.book(viewer, cast.clients["mia"], nov(4))
        later = Share.objects.filter(on_date=nov(4)).order_by("position").values_list("cents", flat=True)
        assert list(later) == [72_00, 48_00]


def test_the_arrangement_as_it_stands_gives_one_share_of_a_split_to_its_new_payer(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        cast.arrange(viewer, cast.clients["mia"], "percent", ["ana", "cy"], weights=[6000, 4000])
        result = readdress_invoice(viewer, invoice=invoices["ben"], rule=None, reason="Cy took over")
        assert owed(result) == {"cy": 48_00}
        assert Invoice.objects.with_state().get(pk=invoices["ana"].pk).status == "issued"
        promises_hold(cast)


def test_the_arrangement_as_it_stands_names_two_for_one_share_and_is_refused(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        cast.arrange(viewer, cast.clients["mia"], "percent", ["ben", "cy"], weights=[6000, 4000])
        with pytest.raises(Conflict, match="another share is somebody's already"):
            readdress_invoice(viewer, invoice=invoices["ben"], rule=None, reason="?")
        promises_hold(cast)


@pytest.mark.parametrize("name", ["ana", "ben"])
def test_an_unchanged_split_has_nobody_else_to_give_a_share_to(cast, name):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_invoice(viewer, invoice=invoices[name], rule=None, reason="?")


def test_what_a_school_still_covers_is_not_given_to_the_family(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        school = add_organization(viewer, name="Lincoln School", kind="school")
        add_coverage(viewer, client_id=mia.pk, draft=CoverageDraft(school.pk, fixed_cents=80_00))
        charge = cast.book(viewer, mia.pk, nov(2)).pk
        made = issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        schools = next(each for each in made if each.payer_id == school.pk)
        assert schools.total_cents == 80_00
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_invoice(viewer, invoice=schools, rule=None, reason="?")
        promises_hold(cast)


def test_nobody_is_billed_by_an_arrangement_that_has_ended(cast):
    from kinbook.whopays.commands.arrange import end_arrangement

    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        end_arrangement(viewer, client_id=cast.clients["mia"], on=nov(1))
        with pytest.raises(Conflict, match="Nobody can be billed: No arrangement in force"):
            readdress_invoice(viewer, invoice=invoice, rule=None, reason="?")


def test_who_is_no_contact_cannot_be_given_an_invoice(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, parents=("ana", "cy"))
        cast.child(viewer, "Leo", parents=("ben",))
        with pytest.raises(Invalid, match="add the contact first"):
            to(cast, viewer, invoice, "ben")
        with pytest.raises(Invalid, match="Say why"):
            to(cast, viewer, invoice, "cy", reason=" \x00")
        assert Invoice.objects.count() == 1


def test_a_void_invoice_is_recreated_not_readdressed(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="?")
        with pytest.raises(Conflict, match="recreate it instead"):
            to(cast, viewer, invoice, "ben")


def test_a_confidential_session_never_goes_to_a_guardian(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        own = str(mia.party_id)
        charge = cast.book(viewer, mia.pk, nov(2), confidential=True).pk
        from kinbook.whopays.commands.override import read_override, set_override

        rule = read_override({"mode": "single", "payers": [own]})
        set_override(viewer, charge=Charge.objects.get(pk=charge), rule=rule)
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        with pytest.raises(Invalid, match="Confidential to the client"):
            to(cast, viewer, invoice, "ana")


def test_a_familys_invoice_is_readdressed_whole(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **OPEN)
        run = start_run(viewer, through=TODAY, by_family=True)
        advance_run(viewer, run_id=run.pk)
        result = to(cast, viewer, Invoice.objects.get(), "ben")
        assert sum(each.total_cents for each in result.issued) == 240_00
        assert {each.payer_id for each in result.issued} == {cast.people["ben"]}
        promises_hold(cast)


def test_the_preview_promises_what_the_deed_does(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 100_00)
        rule = cast.read_rule("percent", ["ana", "ben"], weights=[2500, 7500])
        shown = readdress_preview(viewer, invoice_page(viewer, invoice.pk), rule)
        assert shown.owed == shown.owed_after
        result = readdress_invoice(viewer, invoice=invoice, rule=rule, reason="agreed")
        assert {(paper.payer.pk, paper.cents) for paper in shown.papers} == {
            (each.payer_id, each.total_cents) for each in result.issued
        }
        names = {party: name for name, party in cast.people.items()}
        after = {
            names[each.party.pk]: (each.due_after - each.credit_after, each.credit_after) for each in shown.balances
        }
        assert after == {name: standing(cast, name) for name in ("ana", "ben")}


def test_the_new_payers_papers_tell_nothing_of_the_one_before(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        result = to(cast, viewer, invoice, "ben", reason="Ana called")
        line = result.issued[0].lines.get()
        assert line.reason == "Re-addressed from Ana by Helen Marsh: “Ana called”"
        assert "Ana" not in line.payer_reason


def test_a_share_of_the_same_charge_that_waits_stays_waiting_for_its_own_payer(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        void_invoice(viewer, invoice=invoices["ben"], reason="to be sent later")
        result = to(cast, viewer, invoices["ana"], "cy")
        assert owed(result) == {"cy": 72_00}
        waiting = Share.objects.get(invoice_id=None)
        assert (waiting.payer_id, waiting.cents) == (cast.people["ben"], 48_00)
        promises_hold(cast)


def test_the_arrangement_that_names_the_same_payer_again_is_refused_though_another_share_waits(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        void_invoice(viewer, invoice=invoices["ben"], reason="to be sent later")
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_invoice(viewer, invoice=invoices["ana"], rule=None, reason="again")


def test_by_turns_the_lines_of_the_invoice_alternate(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4, 6, parents=("ana", "ben", "cy"))
        rule = cast.read_rule("by_appointment", ["ben", "cy"])
        assert owed(readdress_invoice(viewer, invoice=invoice, rule=rule, reason="they take turns")) == {
            "ben": 240_00,
            "cy": 120_00,
        }
        promises_hold(cast)


def test_nobody_is_billed_whose_link_had_ended_by_then(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        Contact.objects.filter(party_id=cast.people["ben"]).update(until=nov(2))
        with pytest.raises(Invalid, match="not a contact any more on 2 November 2026"):
            to(cast, viewer, invoice, "ben")

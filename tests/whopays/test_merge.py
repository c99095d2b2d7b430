"""Two entries of one person become one, and two again until something new was booked."""

from datetime import timedelta

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.queries.readdress_page import readdress_preview
from kinbook.ledger.balances import payer_standing
from kinbook.people.commands.clients import ContactDraft
from kinbook.people.models import Contact, Party
from kinbook.people.queries import same_person
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.merge import merge_people, separate_people
from kinbook.whopays.commands.responsible import add_contact, change_contact
from kinbook.whopays.models import Share
from tests.cast import NOW, PARENTS, nov
from tests.invoices.test_issue_invoices import run
from tests.money import pay, promises_hold
from tests.scheduling.visitor import Visitor


@pytest.fixture
def twice(cast):
    """Ana entered twice: as Mia's mother, who has paid, and again as Leo's."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charge = cast.book(viewer, mia.pk, nov(2)).pk
        issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        first = cast.people.pop("ana")
        leo = cast.child(viewer, "Leo", parents=("ana",))
        cast.book(viewer, leo.pk, nov(3), hour=18)
        cast.people["ana again"] = cast.people["ana"]
        cast.people["ana"] = first
    return cast


def merge(cast, viewer, one="ana again", into="ana"):
    merge_people(
        viewer,
        party=Party.objects.get(pk=cast.people[one]),
        into=Party.objects.get(pk=cast.people[into]),
    )


def separate(cast, viewer):
    separate_people(viewer, party=Party.objects.get(pk=cast.people["ana again"]))


def test_one_stands_for_both_and_both_ids_stay(twice):
    with twice.as_("owner") as viewer:
        merge(twice, viewer)
        both = same_person(twice.people["ana"])
        assert set(both) == {twice.people["ana"], twice.people["ana again"]}
        assert Share.objects.get(on_date=nov(3)).payer_id == twice.people["ana"]
        pay(twice, viewer, "ana again", 200_00)
        assert payer_standing(both).balance_cents == -80_00
        assert Invoice.objects.with_state().get().status == "paid"
        promises_hold(twice)


@pytest.fixture
def shared(twice):
    """Leo, too, has two parents: Ana as she was entered again, and Ben."""
    with twice.as_("owner") as viewer:
        draft = ContactDraft(party_id=twice.people["ben"], relationship="parent")
        add_contact(viewer, client_id=twice.clients["leo"], draft=draft)
    return twice


def issued_then_merged(cast, viewer, mode, **more):
    """Leo's session of the 3rd is invoiced under a rule that names Ana as entered again; then she is merged."""
    leo = cast.clients["leo"]
    cast.arrange(viewer, leo, mode, ["ana again", "ben"], **more)
    issue_charges(viewer, client_id=leo, charge_ids=[Share.objects.filter(on_date=nov(3)).first().charge_id])
    merge(cast, viewer)
    return cast.book(viewer, leo, nov(5), hour=18, fee_cents=125_01).pk


def test_a_merged_persons_turns_are_those_of_who_stands_for_both(shared):
    with shared.as_("owner") as viewer:
        second = issued_then_merged(shared, viewer, "by_appointment")
        assert Share.objects.get(charge_id=second).payer_id == shared.people["ben"]


def test_a_merged_persons_cents_are_those_of_who_stands_for_both(shared):
    with shared.as_("owner") as viewer:
        second = issued_then_merged(shared, viewer, "percent", weights=[5000, 5000])
        by_payer = dict(Share.objects.filter(charge_id=second).values_list("payer_id", "cents"))
        assert by_payer == {shared.people["ana"]: 62_51, shared.people["ben"]: 62_50}


def leos_invoice(cast, viewer):
    """Leo's session of the 3rd, invoiced to Ana as she was entered again."""
    charge = Share.objects.get(on_date=nov(3)).charge_id
    (invoice,) = issue_charges(viewer, client_id=cast.clients["leo"], charge_ids=[charge])
    assert invoice.payer_id == cast.people["ana again"]
    return invoice


def credit(cast):
    return [payer_standing([cast.people[name]]).credit_cents for name in ("ana", "ana again")]


def test_what_waits_for_a_merged_person_is_invoiced_to_who_stands_for_both(twice):
    with twice.as_("owner") as viewer:
        invoice = leos_invoice(twice, viewer)
        void_invoice(viewer, invoice=invoice, reason="?")
        merge(twice, viewer)
        (again,) = run(viewer)
        assert (again.payer_id, again.total_cents) == (twice.people["ana"], 120_00)
        promises_hold(twice)


def test_their_money_settles_the_invoices_of_both_and_comes_back_to_who_paid(twice):
    with twice.as_("owner") as viewer:
        invoice = leos_invoice(twice, viewer)
        merge(twice, viewer)
        pay(twice, viewer, "ana", 250_00)
        assert credit(twice) == [10_00, 0]
        void_invoice(viewer, invoice=invoice, reason="?")
        assert credit(twice) == [130_00, 0]
        promises_hold(twice)


def test_a_contact_who_came_back_as_who_stands_for_both_is_billed_again(twice):
    with twice.as_("owner") as viewer:
        leo = twice.clients["leo"]
        change_contact(viewer, contact=Contact.objects.get(client_id=leo), fields={"until": nov(5)})
        merge(twice, viewer)
        add_contact(viewer, client_id=leo, draft=ContactDraft(party_id=twice.people["ana"], starts_on=nov(9)))
        charge = twice.book(viewer, leo, nov(10), hour=18).pk
        assert Share.objects.get(charge_id=charge).payer_id == twice.people["ana"]


def test_a_merged_persons_invoice_is_readdressed_to_somebody_else_not_to_themselves(shared):
    with shared.as_("owner") as viewer:
        invoice = leos_invoice(shared, viewer)
        merge(shared, viewer)
        to_ana, to_ben = (shared.read_rule("single", [name]) for name in ("ana", "ben"))
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_preview(viewer, invoice_page(viewer, invoice.pk), to_ana)
        with pytest.raises(Conflict, match="addressed to this payer already"):
            readdress_invoice(viewer, invoice=invoice, rule=to_ana, reason="?")
        (new,) = readdress_invoice(viewer, invoice=invoice, rule=to_ben, reason="?").issued
        assert (new.payer_id, new.total_cents) == (shared.people["ben"], 120_00)
        promises_hold(shared)


def test_a_share_that_a_merged_person_holds_is_not_theirs_twice(shared):
    with shared.as_("owner") as viewer:
        leo = shared.clients["leo"]
        shared.arrange(viewer, leo, "percent", ["ana again", "ben"], weights=[6000, 4000])
        charge = Share.objects.filter(on_date=nov(3)).first().charge_id
        made = issue_charges(viewer, client_id=leo, charge_ids=[charge])
        bens = next(each for each in made if each.payer_id == shared.people["ben"])
        merge(shared, viewer)
        draft = ContactDraft(person=PARENTS["cy"])
        shared.people["cy"] = add_contact(viewer, client_id=leo, draft=draft).party_id
        shared.arrange(viewer, leo, "percent", ["ana", "cy"], weights=[6000, 4000])
        (new,) = readdress_invoice(viewer, invoice=bens, rule=None, reason="Cy pays for Ben").issued
        assert (new.payer_id, new.total_cents) == (shared.people["cy"], 48_00)


def test_undone_everything_is_as_it_was(twice):
    with twice.as_("owner") as viewer:
        merge(twice, viewer)
        separate(twice, viewer)
        assert same_person(twice.people["ana"]) == [twice.people["ana"]]
        assert Share.objects.get(on_date=nov(3)).payer_id == twice.people["ana again"]
        with pytest.raises(Conflict, match="not merged"):
            separate(twice, viewer)
        promises_hold(twice)


def test_once_something_was_booked_they_stay_one(twice):
    with twice.as_("owner") as viewer:
        merge(twice, viewer)
        pay(twice, viewer.at(NOW + timedelta(hours=1)), "ana", 10_00)
        with pytest.raises(Conflict, match="They stay one person"):
            separate(twice, viewer)


def test_once_something_new_was_arranged_they_stay_one(twice):
    with twice.as_("owner") as viewer:
        merge(twice, viewer)
        later = viewer.at(NOW + timedelta(hours=1))
        twice.arrange(later, twice.clients["leo"], "single", ["ana"])
        with pytest.raises(Conflict, match="They stay one person"):
            separate(twice, later)


def test_two_payers_of_one_client_are_never_one(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        with pytest.raises(Conflict, match="two payers of one client cannot be merged"):
            merge(cast, viewer, "ana", "ben")


def test_a_client_and_a_person_of_another_kind_are_refused(twice):
    from kinbook.people.commands.parties import add_organization

    with twice.as_("owner") as viewer:
        twice.people["school"] = add_organization(viewer, name="Lincoln School").pk
        twice.people["mia"] = Party.objects.get(first_name="Mia").pk
        with pytest.raises(Invalid):
            merge(twice, viewer, "ana", "school")
        with pytest.raises(Invalid):
            merge(twice, viewer, "ana", "ana")
        with pytest.raises(Conflict, match="client's own entry stays"):
            merge(twice, viewer, "mia", "ana again")
        merge(twice, viewer)
        with pytest.raises(Conflict, match="merged already"):
            merge(twice, viewer)


def test_who_may_not_edit_both_is_refused(twice):
    with twice.as_("owner"):
        from kinbook.access.models import Assignment

        Assignment.objects.filter(client_id=twice.clients["leo"]).delete()
    for name in ("biller", "scheduler", "kim"):
        with twice.as_(name) as viewer, pytest.raises(Forbidden):
            merge(twice, viewer)


def test_the_page_shows_both_first_and_merges_them(twice):
    visitor = Visitor(twice, "owner")
    one, into = twice.people["ana again"], twice.people["ana"]
    url = f"/people/{one}/merge/"
    shown = visitor.dialog(url, {"into": str(into)}).content.decode()
    assert "Mia Ortiz" in shown
    assert "Leo Ortiz" in shown
    assert "120.00" in shown
    assert visitor.dialog(url, {"into": "nobody"}).status_code == 200
    assert visitor.send(url, {"into": str(one)}).status_code == 422
    assert visitor.send(url, {"into": str(into)}).status_code == 204
    assert visitor.post(f"/people/{one}/separate/").status_code == 302
    assert visitor.post(f"/people/{one}/separate/").status_code == 409

"""A sliding fee lowers sessions until they are invoiced, in the transaction of every fact that changes it."""

from datetime import date

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import invoice_pdf
from kinbook.rules.discount import Terms
from kinbook.scheduling.commands.change import change_appointment
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.by_hand import add_charge
from kinbook.whopays.commands.discounts import (
    DiscountDraft,
    clear_charge_discount,
    discount_charge,
    end_discount,
    set_discount,
)
from kinbook.whopays.models import Charge, Discount, Share
from tests.cast import nov
from tests.invoices.test_credit_notes import read
from tests.money import promises_hold
from tests.payments.test_payments import due
from tests.scheduling.visitor import Visitor

QUARTER = Terms(percent=2500)
FIRST = nov(1)


def slide(viewer, client, terms=QUARTER, starts_on=FIRST, **more):
    return set_discount(viewer, client_id=client.pk, draft=DiscountDraft(terms, starts_on, **more))


def prices(*visits):
    found = Charge.objects.in_bulk([each.pk for each in visits])
    return [found[each.pk].cents for each in visits]


def test_sessions_not_invoiced_cost_less_at_once_and_their_shares_follow(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        before, shown, planned = (
            cast.book(viewer, mia.pk, day, status=status)
            for day, status in ((date(2026, 10, 30), "show"), (nov(2), "show"), (nov(25), "scheduled"))
        )
        slide(viewer, mia)
        later = cast.book(viewer, mia.pk, nov(26), status="scheduled")
        assert prices(before, shown, planned, later) == [120_00, 90_00, 90_00, 90_00]
        shares = Share.objects.filter(charge_id=shown.pk).order_by("position")
        assert [each.cents for each in shares] == [54_00, 36_00]
        assert Charge.objects.get(pk=shown.pk).fee_cents == 120_00
        promises_hold(cast)


def test_it_follows_the_fee_the_day_and_the_status(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        slide(viewer, mia, until=nov(20))
        visit = cast.book(viewer, mia.pk, nov(2))
        change_appointment(viewer, appointment=visit, fields={"fee_cents": 200_00})
        assert prices(visit) == [150_00]
        change_appointment(viewer, appointment=visit, fields={"video_link": "https://call.example/1"})
        assert prices(visit) == [150_00], "what decides nothing changes no price"
        change_appointment(viewer, appointment=visit, fields={"status": "no_show"})
        assert prices(visit) == [60_00], "a missed-appointment fee is not lowered"
        change_appointment(viewer, appointment=visit, fields={"status": "show"})
        moved = viewer.at(viewer.now).now.replace(day=24)
        change_appointment(viewer, appointment=visit, fields={"starts_at": moved})
        assert prices(visit) == [200_00]
        promises_hold(cast)


def test_products_fees_and_other_services_keep_their_price(cast):
    from kinbook.practice.commands import add_service

    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        group = add_service(viewer, fields={"name": "Group", "fee_cents": 80_00, "minutes": 50})
        slide(viewer, mia, service_ids=(group.pk,))
        session = cast.book(viewer, mia.pk, nov(2))
        grouped = cast.book(viewer, mia.pk, nov(3), service_id=group.pk)
        letter = add_charge(viewer, client_id=mia.pk, kind="fee", description="Letter", cents=35_00, on=nov(4))
        assert prices(session, grouped, letter) == [120_00, 60_00, 35_00]
        promises_hold(cast)


def test_what_is_invoiced_stays_until_it_is_decided_anew(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        visit = cast.book(viewer, mia.pk, nov(2))
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
        slide(viewer, mia)
        assert prices(visit) == [120_00]
        void_invoice(viewer, invoice=invoice, reason="Sliding fee agreed")
        recreate_invoice(viewer, invoice=invoice)
        assert prices(visit) == [90_00]
        assert due() == [0, 90_00]
        promises_hold(cast)


def test_staff_see_the_fee_and_the_payer_their_share_alone(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        slide(viewer, mia, Terms(cents=40_00), note="Ben lost his job")
        visit = cast.book(viewer, mia.pk, nov(2))
    card = Visitor(cast, "owner").get(f"/calendar/{visit.pk}/", HTTP_HX_REQUEST="true").content.decode()
    assert "$120.00, sliding fee −$40.00" in card
    with cast.as_("owner") as viewer:
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
        page = invoice_page(viewer, invoice.pk)
        assert (page.lines[0].fee_cents, page.lines[0].discounted_as) == (120_00, "sliding fee")
        told = read(invoice_pdf(page))
        assert "$80.00" in told
        assert not [word for word in ("120.00", "40.00", "liding", "Ben") if word in told]


def test_ranges_never_overlap_a_new_one_ends_the_old(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        slide(viewer, mia)
        slide(viewer, mia, Terms(percent=5000), nov(10))
        visits = [cast.book(viewer, mia.pk, nov(day)) for day in (9, 10)]
        assert prices(*visits) == [90_00, 60_00]
        with pytest.raises(Conflict, match="begins on 2026-11-10"):
            slide(viewer, mia, Terms(percent=1000), nov(5))
        slide(viewer, mia, Terms(percent=1000), nov(10))
        assert prices(*visits) == [90_00, 108_00]
        assert Discount.objects.count() == 2
        promises_hold(cast)


def test_ended_sessions_from_tomorrow_cost_their_fee(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        fee = slide(viewer, mia)
        today, tomorrow = (cast.book(viewer, mia.pk, nov(day)) for day in (18, 19))
        end_discount(viewer, discount=fee)
        assert prices(today, tomorrow) == [90_00, 120_00]
        with pytest.raises(Conflict, match="ended already"):
            end_discount(viewer, discount=fee)
        promises_hold(cast)


def test_all_of_a_fee_can_be_taken_off_and_takes_no_turn(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        slide(viewer, mia, Terms(percent=10_000), until=nov(4))
        visits = [cast.book(viewer, mia.pk, nov(day)) for day in (2, 5)]
        assert prices(*visits) == [0, 120_00]
        assert Share.objects.get().payer_id == cast.people["ana"], "nothing is charged, so the turn is still hers"
        promises_hold(cast)


def test_one_charge_has_a_discount_of_its_own_in_place_of_the_sliding_fee(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        slide(viewer, mia)
        visit = cast.book(viewer, mia.pk, nov(2))
        charge = Charge.objects.get(pk=visit.pk)
        discount_charge(viewer, charge=charge, terms=Terms(fixed_cents=50_00), reason="Began late")
        assert prices(visit) == [50_00]
        clear_charge_discount(viewer, charge=charge)
        assert prices(visit) == [90_00]
        discount_charge(viewer, charge=charge, terms=Terms(cents=10_00), reason="Began late")
        issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
        with pytest.raises(Conflict, match="INV-1"):
            clear_charge_discount(viewer, charge=charge)
        assert due() == [110_00]
        promises_hold(cast)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(), "percent"),
        (Terms(percent=1000, cents=5), "percent"),
        (Terms(percent=10_001), "percent"),
        (Terms(cents=0), "amount_cents"),
        (Terms(fixed_cents=-1), "fixed_fee_cents"),
    ],
)
def test_terms_that_cannot_be_are_told_beside_their_field(cast, terms, field):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        with pytest.raises(Invalid) as refused:
            slide(viewer, mia, terms)
        assert set(refused.value.problems) == {field}
        with pytest.raises(Invalid) as refused:
            slide(viewer, mia, until=nov(1))
        assert set(refused.value.problems) == {"until"}


def test_whoever_sees_no_amounts_lowers_none(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
    for name in ("scheduler", "basic", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            slide(viewer, mia)


def test_it_is_entered_and_ended_on_the_clients_billing_page(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
    biller = Visitor(cast, "biller")
    address = f"/clients/{mia.pk}/edit/billing/"
    for value in ("a quarter", "101", "-5", "12.345"):
        entered = {"how": "percent", "value": value, "starts_on": "2026-11-01"}
        assert biller.post(f"{address}sliding-fee/", entered).status_code == 422, value
    biller.post(f"{address}sliding-fee/", {"how": "percent", "value": "25", "starts_on": "2026-11-01"})
    assert "25 % off" in biller.get(address).content.decode()
    with cast.as_("owner"):
        fee = Discount.objects.get()
    biller.post(f"{address}sliding-fee/{fee.pk}/end/", {})
    with cast.as_("owner"):
        assert Discount.objects.get().until is not None

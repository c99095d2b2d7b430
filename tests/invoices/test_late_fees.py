"""A late fee is owed by who was late: once for each invoice, where the practice wants it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kinbook.invoices import jobs
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.late_fees import begin_late_fees, charge_late_fees, end_late_fees
from kinbook.invoices.commands.terms import pause_reminders
from kinbook.invoices.jobs import late_fees_of_the_day
from kinbook.invoices.models import LateFee
from kinbook.invoices.queries.late_fees import late_today
from kinbook.ledger.commands import close_month
from kinbook.payments.commands import reverse_payment
from kinbook.payments.commands.refund import give_back
from kinbook.payments.models import RefundKind
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Contact, Party
from kinbook.practice.commands import change_practice
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.whopays.commands.by_hand import waive_charge
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.models import Charge, Share
from tests.cast import NOW, nov
from tests.money import invoiced, pay, promises_hold, split
from tests.scheduling.visitor import Visitor

FIXED = {"late_fee_days": 10, "late_fee_cents": 15_00, "late_fee_percent": None}
PERCENT = {"late_fee_days": 10, "late_fee_cents": None, "late_fee_percent": 150}
LATE = NOW + timedelta(days=24)
"""Invoices of NOW are due in 14 days, and 10 days overdue then."""


def charged(viewer, days=24):
    at = viewer.at(NOW + timedelta(days=days))
    return charge_late_fees(at, invoice_ids=[each.invoice.pk for each in late_today(at)])


def fees():
    return list(Charge.objects.filter(kind="fee").order_by("pk").values_list("cents", flat=True))


def test_it_is_off_unless_the_practice_wants_it(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        assert charged(viewer, 100) == (0, 0)
        assert fees() == []


@pytest.mark.parametrize(("setting", "cents"), [(FIXED, 15_00), (PERCENT, 1_80)])
def test_so_many_days_overdue_it_is_charged_once(cast, setting, cents):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=setting)
        invoiced(cast, viewer)
        assert charged(viewer, 23) == (0, 0), "not yet"
        assert charged(viewer) == (1, 0)
        assert charged(viewer, 60) == (0, 0), "once"
        assert fees() == [cents]
        promises_hold(cast)


def test_who_was_late_owes_it_alone_and_who_paid_owes_nothing(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        split(cast, viewer, 2)
        pay(cast, viewer, "ana", 72_00)
        assert charged(viewer) == (1, 0)
        share = Share.objects.get(charge__kind="fee")
        assert (share.payer_id, share.cents) == (cast.people["ben"], 15_00)
        assert "INV-" not in share.payer_reason
        assert "INV-" not in Charge.objects.get(kind="fee").description
        promises_hold(cast)


def test_a_percentage_is_of_what_is_still_due(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={**PERCENT, "late_fee_percent": 1000})
        invoiced(cast, viewer)
        pay(cast, viewer, "ana", 100_00)
        charged(viewer)
        assert fees() == [2_00]


def test_invoices_due_before_it_was_switched_on_cost_none(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer.at(NOW - timedelta(days=40)))
        change_practice(viewer, fields=FIXED)
        assert charged(viewer, 30) == (0, 0)


def test_the_late_fee_is_invoiced_to_who_was_late(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        charged(viewer)
        fee = Charge.objects.get(kind="fee")
        (made,) = issue_charges(viewer.at(LATE), client_id=fee.client_id, charge_ids=[fee.pk])
        assert (made.payer_id, made.total_cents) == (cast.people["ana"], 15_00)
        promises_hold(cast)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"late_fee_days": 0}, "late_fee_days"),
        ({"late_fee_cents": None}, "late_fee_cents"),
        ({"late_fee_percent": 100}, "late_fee_cents"),
        ({"late_fee_cents": 0}, "late_fee_cents"),
        ({"late_fee_cents": None, "late_fee_percent": 10_001}, "late_fee_percent"),
    ],
)
def test_settings_that_cannot_be_are_told_beside_their_field(cast, wrong, field):
    with cast.as_("owner") as viewer:
        with pytest.raises(Invalid) as refused:
            change_practice(viewer, fields={**FIXED, **wrong})
        assert set(refused.value.problems) == {field}


def test_switched_off_nothing_is_charged_any_more(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        change_practice(viewer, fields={**FIXED, "late_fee_days": None})
        assert charged(viewer) == (0, 0)
        assert Practice.objects.get().late_fee_cents is None


def test_the_page_says_beforehand_what_would_be_charged(cast):
    with cast.as_("owner") as viewer:
        old = viewer.at(NOW - timedelta(days=60))
        change_practice(old, fields=FIXED)
        (invoice,) = invoiced(cast, old)
    biller = Visitor(cast, "biller")
    told = biller.get("/billing/late-fees/").content.decode()
    assert invoice.name in told
    assert "$15.00" in told
    assert biller.post("/billing/late-fees/", {"late_fee_days": "5"}).status_code == 422
    biller.post("/billing/late-fees/", {})
    assert "Charged next" not in biller.get("/billing/late-fees/").content.decode()


def test_a_job_charges_them_and_running_it_again_changes_nothing(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        old = viewer.at(NOW - timedelta(days=60))
        change_practice(old, fields=FIXED)
        invoiced(cast, old)
    for _ in range(2):
        late_fees_of_the_day(str(cast.practice_id))
    with cast.as_("owner"):
        assert LateFee.objects.count() == 1
        promises_hold(cast)


def test_killed_between_two_steps_the_next_run_does_the_rest(lasting_cast, monkeypatch):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        old = viewer.at(NOW - timedelta(days=60))
        change_practice(old, fields=FIXED)
        for name in ("Mia", "Leo"):
            invoiced(cast, old, name=name)
    monkeypatch.setattr(jobs, "LATE_AT_ONCE", 1)
    real = jobs.charge_late_fees
    calls = iter([real, None])

    def once(viewer, **words):
        done = next(calls)
        if done is None:
            raise RuntimeError
        return done(viewer, **words)

    monkeypatch.setattr(jobs, "charge_late_fees", once)
    with pytest.raises(RuntimeError):
        late_fees_of_the_day(str(cast.practice_id))
    with cast.as_("owner"):
        assert LateFee.objects.count() == 1
    monkeypatch.setattr(jobs, "charge_late_fees", real)
    late_fees_of_the_day(str(cast.practice_id))
    with cast.as_("owner"):
        assert LateFee.objects.count() == 2
        promises_hold(cast)


def test_once_a_day_a_payment_taken_back_at_noon_makes_nobody_late_at_noon(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 120_00)
        then = viewer.at(LATE)
        assert begin_late_fees(then) == []
        end_late_fees(then)
        reverse_payment(then, payment=payment, reason="Bounced")
        assert begin_late_fees(then) is None
        assert len(begin_late_fees(viewer.at(LATE + timedelta(days=1)))) == 1


def test_the_database_refuses_a_second_for_one_invoice(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        charged(viewer)
        again = LateFee.objects.get()
        again.pk = new_id()
        with pytest.raises(IntegrityError, match="late_fee_once"), transaction.atomic():
            LateFee.objects.bulk_create([again])


def test_whatever_the_rule_says_who_was_late_owes_it(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        split(cast, viewer, 2)
        pay(cast, viewer, "ben", 48_00)
        fees_to_ben = [{"kind": "fee", "rule": cast.rule("single", ["ben"])}]
        cast.arrange(viewer, cast.clients["mia"], "single", ["ben"], starts_on=nov(20), exceptions=fees_to_ben)
        charged(viewer)
        share = Share.objects.get(charge__kind="fee")
        assert share.payer_id == cast.people["ana"]
        assert "who was late" in share.reason
        assert "late" not in share.payer_reason


def test_who_is_paused_or_disputed_a_payment_costs_none_and_the_page_says_why(cast):
    with cast.as_("owner") as viewer:
        old = viewer.at(NOW - timedelta(days=60))
        change_practice(old, fields=FIXED)
        split(cast, old, 2)
        ben, ana = (Party.objects.get(pk=cast.people[name]) for name in ("ben", "ana"))
        pause_reminders(viewer, party=ben, reason="Pays in instalments")
        payment = pay(cast, viewer, "ana", 72_00)
        give_back(viewer, payment=payment, cents=72_00, reason="Lost to the bank", kind=RefundKind.DISPUTE)
        assert {each.payer: each.skipped for each in late_today(viewer)} == {
            ben: "Reminders are paused: Pays in instalments",
            ana: "A payment of it was disputed",
        }
        assert charged(viewer, 0) == (0, 0)
    told = Visitor(cast, "biller").get("/billing/late-fees/").content.decode()
    assert "Pays in instalments" in told
    assert "0 late fees" in told


def test_a_third_party_that_is_no_contact_costs_none_and_the_page_says_so(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        mia = cast.child(viewer)
        school = add_organization(viewer, name="Hillside School", kind="school")
        add_coverage(viewer, client_id=mia.pk, draft=CoverageDraft(school.pk))
        visit = cast.book(viewer, mia.pk, nov(2))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[visit.pk])
        (late,) = late_today(viewer.at(LATE))
        assert (late.payer.pk, late.cents) == (school.pk, 0)
        assert "no contact" in late.skipped
        assert charged(viewer) == (0, 0)


def test_a_late_fee_costs_no_late_fee(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={**PERCENT, "late_fee_percent": 1000})
        invoiced(cast, viewer)
        charged(viewer)
        fee = Charge.objects.get(kind="fee")
        cast.book(viewer, fee.client_id, nov(5))
        both = [fee.pk, Charge.objects.get(kind="session", on_date=nov(5)).pk]
        issue_charges(viewer.at(LATE), client_id=fee.client_id, charge_ids=both[:1])
        assert charged(viewer, 60) == (0, 0), "an invoice of nothing but a late fee"
        issue_charges(viewer.at(LATE), client_id=fee.client_id, charge_ids=both[1:])
        charged(viewer, 60)
        assert fees() == [12_00, 12_00]


def test_a_fee_on_an_invoice_with_others_is_left_out_of_the_percentage(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={**PERCENT, "late_fee_percent": 1000})
        invoiced(cast, viewer)
        charged(viewer)
        fee = Charge.objects.get(kind="fee")
        other = cast.book(viewer, fee.client_id, nov(5))
        issue_charges(viewer.at(LATE), client_id=fee.client_id, charge_ids=[fee.pk, other.pk])
        charged(viewer, 60)
        assert fees() == [12_00, 12_00], "10 percent of the session alone"


def test_in_a_closed_month_nothing_is_booked(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        close_month(viewer.at(LATE), month=nov(1))
        charged(viewer)
        assert Charge.objects.get(kind="fee").on_date == viewer.at(LATE).today
        promises_hold(cast)


def test_who_is_no_payer_of_the_client_any_more_is_counted_and_left(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        (invoice,) = invoiced(cast, viewer)
        Contact.objects.filter(party_id=invoice.payer_id).delete()
        assert charged(viewer) == (0, 1)
        assert fees() == []


def test_written_off_before_it_is_invoiced_nobody_owes_it_and_it_is_not_charged_again(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields=FIXED)
        invoiced(cast, viewer)
        charged(viewer)
        waive_charge(viewer, charge=Charge.objects.get(kind="fee"), reason="First time")
        assert charged(viewer, 60) == (0, 0)
        promises_hold(cast)


def test_only_who_may_invoice_charges_them(cast):
    for name in ("scheduler", "basic", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            charge_late_fees(viewer, invoice_ids=[])

"""Receipts, tax-year summaries and good-faith estimates say what one payer gave or will owe, and nothing of another."""

from datetime import date, timedelta

import pytest

from kinbook.documents.commands.estimates import create_estimate
from kinbook.documents.commands.payments import create_receipt, create_tax_year
from kinbook.ledger.post import Posting, post
from kinbook.payments.commands import reverse_payment
from kinbook.people.models import Client
from kinbook.rules.posting import refunded
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import TODAY, nov
from tests.documents.reading import words
from tests.money import invoiced, pay, split
from tests.scheduling.visitor import Visitor


def test_a_receipt_says_what_came_and_what_it_settled(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        payment = pay(cast, viewer, "ana", 150_00, reference="#1204")
        made = create_receipt(viewer, payment=payment)
        text = words(made)
    for said in ("Receipt", "Received from Ana Ortiz", "Check", "#1204", "$150.00", "Mia Ortiz $120.00", "not applied"):
        assert said in text, text


def test_what_was_given_back_stands_on_the_receipt(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        payment = pay(cast, viewer, "ana", 50_00)
        post(viewer, [Posting(refunded(str(payment.payer_id), 20_00, "check"), TODAY, payment_id=payment.pk)])
        made = create_receipt(viewer, payment=payment)
        text = words(made)
    assert "Refund −$20.00" in text
    assert made.content["total_cents"] == 30_00


def test_a_payment_that_was_taken_back_has_no_receipt(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        payment = pay(cast, viewer, "ana", 20_00)
        reverse_payment(viewer, payment=payment, reason="wrong")
        with pytest.raises(Conflict):
            create_receipt(viewer, payment=payment)
    assert "Receipt</button>" not in Visitor(cast, "biller").get(f"/billing/payments/{payment.pk}/").content.decode()


def test_a_receipt_is_made_from_the_payments_page(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        payment = pay(cast, viewer, "ana", 20_00)
    sam = Visitor(cast, "biller")
    assert "Receipt</button>" in sam.get(f"/billing/payments/{payment.pk}/").content.decode()
    answer = sam.post(f"/billing/payments/{payment.pk}/receipt/", {})
    assert "Received from" in sam.get(answer["Location"]).content.decode()


def test_a_year_is_what_was_paid_in_it_for_each_child_by_date(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        invoiced(cast, viewer, 4, name="Leo")
        pay(cast, viewer, "ana", 20_00, received_on=date(2025, 12, 31))
        pay(cast, viewer, "ana", 190_00, received_on=nov(5))
        wrong = pay(cast, viewer, "ana", 500_00, received_on=nov(6))
        reverse_payment(viewer, payment=wrong, reason="wrong")
        made = create_tax_year(viewer, payer_id=cast.people["ana"], year=2026)
        text = words(made)
        assert create_tax_year(viewer, payer_id=cast.people["ana"], year=2025).content["total_cents"] == 20_00
        for year in (2024, 2027, 1999):
            with pytest.raises((Conflict, Invalid)):
                create_tax_year(viewer, payer_id=cast.people["ana"], year=year)
    assert made.content["total_cents"] == 190_00
    assert sum(each["cents"] for each in made.content["by_client"]) + made.content["rest_cents"] == 190_00
    for said in ("Summary of payments 2026", "Nov 5, 2026", "Mia Ortiz", "Leo Ortiz", "$190.00", "Paid in all"):
        assert said in text, text
    assert "500" not in text


@pytest.mark.parametrize(("name", "other"), [("ana", "Ben"), ("ben", "Ana")])
def test_neither_tells_of_the_other_parent(cast, name, other):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        made = [
            create_receipt(viewer, payment=pay(cast, viewer, each, cents))
            for each, cents in (("ana", 31_00), ("ben", 17_00))
        ]
        papers = [made[0] if name == "ana" else made[1], create_tax_year(viewer, payer_id=cast.people[name], year=2026)]
        texts = [words(each) for each in papers]
    foreign = {"ana": "17.00", "ben": "31.00"}[name]
    for text in texts:
        for unsaid in (other, "Cy", foreign, "120"):
            assert unsaid not in text, text


def test_an_estimate_says_what_is_booked_and_what_the_law_wants_said(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        for days in (7, 14):
            cast.book(viewer, mia.pk, TODAY + timedelta(days=days), status="scheduled")
        cast.book(viewer, mia.pk, TODAY + timedelta(days=8), status="scheduled", confidential=True)
        asked = {"client_id": mia.pk, "since": TODAY, "through": TODAY + timedelta(days=30)}
        ana, ben = (create_estimate(viewer, payer_id=cast.people[each], **asked) for each in ("ana", "ben"))
        text = words(ana)
        for wrong in ({"through": nov(1)}, {"through": date(2028, 1, 1)}):
            with pytest.raises(Invalid):
                create_estimate(viewer, payer_id=cast.people["ana"], **{**asked, **wrong})
        with pytest.raises(Conflict):
            create_estimate(
                viewer, payer_id=cast.people["ana"], **{**asked, "since": date(2027, 3, 1), "through": date(2027, 3, 2)}
            )
    assert (ana.content["total_cents"], ben.content["total_cents"]) == (144_00, 96_00)
    for said in ("Good-faith estimate", "Mia Ortiz", "90837", "Dr June Kim", "$72.00", "$144.00", "$400", "120 days"):
        assert said in text, text
    for unsaid in ("Ben", "120.00"):
        assert unsaid not in text, text
    with cast.as_("owner") as viewer:
        Client.objects.filter(pk=mia.pk).update(shows_full_fee=True)
        assert "of $120.00" in words(create_estimate(viewer, payer_id=cast.people["ana"], **asked))


def test_they_are_made_from_the_pages(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        cast.book(viewer, cast.clients["mia"], TODAY + timedelta(days=7), status="scheduled")
        pay(cast, viewer, "ana", 20_00)
    sam = Visitor(cast, "biller")
    mia, ana = cast.clients["mia"], cast.people["ana"]
    assert "Good-faith estimate" in sam.get(f"/clients/{mia}/billing/").content.decode()
    sent = {"client": mia, "payer": ana, "since": "2026-11-18", "through": "2026-12-18"}
    answer = sam.send("/billing/documents/estimate/", sent)
    assert "Expected in all" in sam.get(answer["HX-Redirect"]).content.decode()
    assert sam.send("/billing/documents/estimate/", {**sent, "since": "2027-01-01"}).status_code == 422
    answer = sam.send("/billing/documents/tax-year/", {"payer": ana, "year": "2026"})
    assert "Paid in all" in sam.get(answer["HX-Redirect"]).content.decode()
    for year in ("1", "x", "2025", "99999999999"):
        assert sam.send("/billing/documents/tax-year/", {"payer": ana, "year": year}).status_code == 422


def test_a_scheduler_makes_none(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        payment = pay(cast, viewer, "ana", 20_00)
    with cast.as_("scheduler") as viewer:
        for make in (
            lambda: create_receipt(viewer, payment=payment),
            lambda: create_tax_year(viewer, payer_id=cast.people["ana"], year=2026),
        ):
            with pytest.raises(Forbidden):
                make()

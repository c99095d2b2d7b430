"""A proof of expense says what one parent paid and what is owed of it under the order: nothing of the other's account."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinbook.documents.commands.orders import Named, OrderDraft, end_order, file_order, unfile_order
from kinbook.documents.commands.proofs import approve_proof, create_proof
from kinbook.documents.commands.send import send_document
from kinbook.documents.models import CourtOrder
from kinbook.invoices.commands.issue import issue_charges
from kinbook.practice.commands import change_practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.cast import nov
from tests.documents.reading import words, words_in
from tests.money import invoiced, pay, split
from tests.portal.conftest import ALL, allow
from tests.scheduling.visitor import Visitor

NOVEMBER = {"since": nov(1), "through": nov(30)}


def order(cast, viewer, *, mother="Ana M. Ortiz", father="Benjamin Ortiz", percents=(6000, 4000), **more):
    named = [Named(mother, percents[0], cast.people["ana"]), Named(father, percents[1], cast.people["ben"])]
    draft = OrderDraft(
        **{
            "ordered_on": date(2025, 3, 4),
            "court": "Family Division, Portsmouth",
            "number": "2025-DM-104",
            "starts_on": date(2025, 4, 1),
            "proof_days": 30,
            "named": named,
            **more,
        }
    )
    return file_order(viewer, client_id=cast.clients["mia"], draft=draft)


def proof(cast, viewer, name="ana", **period):
    asked = {"payer_id": cast.people[name], "client_id": cast.clients["mia"], **(period or NOVEMBER)}
    return create_proof(viewer, **asked)


def test_it_says_date_provider_amount_payer_and_what_is_owed(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, 4)
        order(cast, viewer)
        pay(cast, viewer, "ana", 150_00, received_on=nov(6))
        made = proof(cast, viewer)
        text = words(made)
    for said in (
        *("Proof of expense", "Paid by Ana Ortiz", "Mia Ortiz", "Family Division, Portsmouth", "2025-DM-104"),
        *(
            "Nov 2, 2026",
            "Dr June Kim",
            "Paid in all $150.00",
            "Ana M. Ortiz 60 % $90.00",
            "Benjamin Ortiz 40 % $60.00",
        ),
        *("Owed by Benjamin Ortiz to Ana M. Ortiz $60.00", "To be sent by Dec 6, 2026"),
    ):
        assert said in text, text
    assert [item["cents"] for item in made.content["items"]] == [120_00, 30_00]


@pytest.mark.parametrize(
    ("name", "other", "paid", "foreign"), [("ana", "Ben ", 72_00, "17.00"), ("ben", "Ana ", 17_00, "72.00")]
)
def test_it_is_the_same_whatever_the_other_parent_was_billed_or_has_paid(cast, name, other, paid, foreign):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        order(cast, viewer, mother="The Mother", father="The Father")
        pay(cast, viewer, name, paid)
        before = proof(cast, viewer, name)
        pay(cast, viewer, "ben" if name == "ana" else "ana", 17_00 if name == "ana" else 72_00)
        after = proof(cast, viewer, name)
        text = words(after)
    assert before.content == after.content
    for unsaid in (other, "Cy", foreign, "120"):
        assert unsaid not in text, text
    assert "The Father" in text
    assert "The Mother" in text


def test_it_leaves_the_practice_once_a_member_approved_it(cast):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        invoiced(cast, viewer, 2)
        order(cast, viewer)
        pay(cast, viewer, "ana", 120_00)
        made = proof(cast, viewer)
        with pytest.raises(Conflict, match="not approved"):
            send_document(viewer, document=made)
    sam = Visitor(cast, "biller")
    url = f"/billing/documents/{made.pk}/"
    assert sam.get(f"{url}pdf/").status_code == 409
    assert "Approve" in sam.get(url).content.decode()
    assert "send by" in sam.get("/billing/documents/").content.decode()
    assert sam.post(f"{url}approve/", {}).status_code == 302
    assert "Proof of expense" in words_in(sam.get(f"{url}pdf/").content)
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        with pytest.raises(Conflict, match="approved it already"):
            approve_proof(viewer, document=made)
        send_document(viewer, document=made)
    assert "send by" not in sam.get("/billing/documents/").content.decode()


def test_its_payer_finds_it_in_the_portal_only_then(cast, db):
    from kinbook.invitations.commands.sessions import open_session
    from tests.portal.guest import Guest

    with cast.as_("owner", datetime.now(UTC)) as viewer:
        invoiced(cast, viewer, 2)
        order(cast, viewer)
        pay(cast, viewer, "ana", 120_00)
        for name in ("ana", "ben"):
            allow(viewer, cast.clients["mia"], cast.people[name], ALL)
        made = proof(cast, viewer)
    guests = {
        name: Guest(open_session(practice_id=cast.practice_id, party_id=cast.people[name], now=datetime.now(UTC)))
        for name in ("ana", "ben")
    }
    url = f"/portal/documents/{made.pk}/"
    assert guests["ana"].get(url).status_code == 404
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        approve_proof(viewer, document=made)
    assert "Owed by Benjamin Ortiz" in guests["ana"].read(url)
    assert "Proof of expense" in guests["ana"].read("/portal/billing/")
    assert "Owed by" in words_in(guests["ana"].get(f"{url}pdf/").content)
    for path in (url, f"{url}pdf/"):
        assert guests["ben"].get(path).status_code == 404


def test_without_an_order_that_names_them_there_is_none(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, parents=("ana", "ben", "cy"))
        pay(cast, viewer, "ana", 120_00)
        with pytest.raises(Conflict, match="No court order"):
            proof(cast, viewer)
        order(cast, viewer)
        with pytest.raises(Conflict, match="No court order"):
            proof(cast, viewer, "cy")
        with pytest.raises(Conflict, match="paid nothing"):
            proof(cast, viewer, since=nov(20), through=nov(30))
        with pytest.raises(Invalid):
            proof(cast, viewer, since=nov(20), through=nov(3))


def test_what_is_confidential_to_the_child_is_not_on_it(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={"guardians_pay_confidential": True})
        mia = cast.child(viewer)
        charges = [cast.book(viewer, mia.pk, nov(day), confidential=day == 4).pk for day in (2, 4)]
        issue_charges(viewer, client_id=mia.pk, charge_ids=charges)
        order(cast, viewer)
        pay(cast, viewer, "ana", 240_00)
        made = proof(cast, viewer)
    assert [item["on"] for item in made.content["items"]] == ["2026-11-02"]
    assert made.content["total_cents"] == 120_00


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.integers(1, 240_00), percent=st.integers(0, 10_000))
def test_the_parts_add_up_to_what_was_paid(cast, cents, percent):
    from django.db import transaction

    with cast.as_("owner") as viewer:
        point = transaction.savepoint()
        cast.people.clear()
        invoiced(cast, viewer, 2, 4)
        order(cast, viewer, percents=(percent, 10_000 - percent))
        pay(cast, viewer, "ana", cents)
        content = proof(cast, viewer).content
        transaction.savepoint_rollback(point)
    parts = [content["own"], *content["owed"]]
    assert sum(each["cents"] for each in parts) == content["total_cents"] == cents
    assert all(abs(each["cents"] * 10_000 - cents * each["percent"]) < 10_000 for each in parts)


def test_an_order_is_on_file_once_at_a_time_and_its_percentages_add_up(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        first = order(cast, viewer)
        second = order(cast, viewer, starts_on=date(2026, 6, 1))
        assert CourtOrder.objects.get(pk=first.pk).until == date(2026, 6, 1)
        with pytest.raises(Conflict):
            order(cast, viewer, starts_on=date(2026, 1, 1))
        for wrong in (
            {"percents": (6000, 3000)},
            {"court": " "},
            {"proof_days": 0},
            {"until": date(2020, 1, 1)},
            {"named": []},
        ):
            with pytest.raises(Invalid):
                order(cast, viewer, **{"starts_on": date(2027, 1, 1), **wrong})
        end_order(viewer, client_id=cast.clients["mia"], order_id=second.pk, until=nov(1))
        unfile_order(viewer, client_id=cast.clients["mia"], order_id=second.pk)
        with pytest.raises(Unknown):
            unfile_order(viewer, client_id=cast.clients["mia"], order_id=second.pk)
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        order(cast, viewer)


def test_it_is_entered_on_the_clients_billing(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
    sam = Visitor(cast, "biller")
    url = f"/clients/{cast.clients['mia']}/edit/billing/order/"
    assert url in sam.get(f"/clients/{cast.clients['mia']}/edit/billing/").content.decode()
    sent = {
        "court": "Portsmouth",
        "ordered_on": "2025-03-04",
        "starts_on": "2025-04-01",
        "proof_days": "30",
        "name-0": "Ana M. Ortiz",
        "party-0": cast.people["ana"],
        "percent-0": "66.67",
        "name-1": "Benjamin Ortiz",
        "party-1": "",
        "percent-1": "33,33",
    }
    for wrong in ({"percent-0": "x"}, {"percent-0": "70"}, {"party-0": "x"}, {"ordered_on": "x"}, {"court": ""}):
        answer = sam.post(url, {**sent, **wrong})
        assert answer.status_code == 422, wrong
    assert "Benjamin Ortiz" in sam.post(url, {**sent, "court": ""}).content.decode()
    assert sam.post(url, sent).status_code == 302
    shown = sam.get(url).content.decode()
    assert "66.67 %" in shown
    assert "33.33 %" in shown
    assert sam.post(f"{url}full-fee/", {"shows": "yes"}).status_code == 302
    assert "checked" in sam.get(url).content.decode()

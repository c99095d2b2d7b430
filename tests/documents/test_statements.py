"""A statement is the payer's account over a period as the journal tells it, and nobody else's."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kinbook.documents.commands.statements import create_statement
from kinbook.documents.models import Document
from kinbook.documents.queries.addressee import addressees, practice_of
from kinbook.documents.queries.statements import StatementOf, statement_contents
from kinbook.documents.render import document_pdf
from kinbook.invitations.models import Guest
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import reverse_payment
from kinbook.people.models import Client
from kinbook.tenancy.refused import Forbidden, Invalid, Unknown
from tests.cast import TODAY, nov
from tests.documents.reading import words
from tests.money import invoiced, pay, promises_hold, split
from tests.scheduling.visitor import Visitor

EVER = {"since": date(2020, 1, 1), "through": date(2030, 1, 1)}
NOVEMBER = {"since": nov(1), "through": nov(30)}


def statement(cast, viewer, name="ana", child=None, **period):
    client_id = cast.clients[child] if child else None
    return create_statement(viewer, payer_id=cast.people[name], client_id=client_id, **(period or NOVEMBER))


def test_it_carries_the_balance_forward_and_says_everything_booked_since(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 50_00, received_on=nov(5))
        write_off(viewer, invoice=invoice, charge_id=None, cents=10_00, reason="hardship")
        made = statement(cast, viewer)
        text = words(made)
        promises_hold(cast)
    assert made.content["opening_cents"] == 0
    assert made.content["closing_cents"] == 180_00
    for said in (
        *("Statement", "Ana Ortiz", "Balance brought forward $0.00", "Invoice · INV-1", "$240.00", "Payment · Check"),
        *("−$50.00", "Reduction", "−$10.00", "Closing balance $180.00", "Individual session", "Harbor Lane"),
    ):
        assert said in text, text
    assert "hardship" not in text


def test_what_came_before_is_the_opening_balance_and_what_comes_after_is_not_on_it(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        pay(cast, viewer, "ana", 20_00, received_on=nov(5))
        early = statement(cast, viewer, since=nov(1), through=nov(10))
        late = statement(cast, viewer, since=nov(10), through=nov(30))
    assert (early.content["opening_cents"], early.content["closing_cents"]) == (0, -20_00)
    assert (late.content["opening_cents"], late.content["closing_cents"]) == (-20_00, 100_00)


def test_for_one_child_it_is_what_is_owed_for_that_child(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        invoiced(cast, viewer, 4, name="Leo")
        pay(cast, viewer, "ana", 150_00)
        mia, leo, both = (statement(cast, viewer, child=each) for each in ("mia", "leo", None))
        text = words(mia)
    assert mia.content["closing_cents"] + leo.content["closing_cents"] == both.content["closing_cents"] == 90_00
    assert "Leo" not in text
    assert both.content["clients"] == ["Leo Ortiz", "Mia Ortiz"]


def test_credit_belongs_to_no_child_and_is_told_beside(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        pay(cast, viewer, "ana", 200_00)
        mia, whole = statement(cast, viewer, child="mia"), statement(cast, viewer)
        assert "You have $80.00 in credit" in words(mia)
        assert "Your account is in credit" in words(whole)
    assert (mia.content["closing_cents"], whole.content["closing_cents"]) == (0, -80_00)


@pytest.mark.parametrize(("name", "other"), [("ana", "Ben"), ("ben", "Ana")])
def test_of_a_split_it_says_the_payers_share_and_nothing_of_the_other(cast, name, other):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 31_00)
        pay(cast, viewer, "ben", 17_00)
        text = words(statement(cast, viewer, name))
    share, paid, foreign = {"ana": ("$144.00", "−$31.00", "17.00"), "ben": ("$96.00", "−$17.00", "31.00")}[name]
    assert share in text
    assert paid in text
    for unsaid in (other, "Cy", "120", "40%", "60%", foreign):
        assert unsaid not in text, text


def test_the_full_fee_stands_on_it_where_the_practice_says_so_for_the_client(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        Client.objects.filter(pk=cast.clients["mia"]).update(shows_full_fee=True)
        assert "of $120.00" in words(statement(cast, viewer))


def test_voided_invoices_and_reversed_payments_are_told_and_taken_back(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2)
        payment = pay(cast, viewer, "ana", 20_00)
        reverse_payment(viewer, payment=payment, reason="wrong payer, Ben's check")
        void_invoice(viewer, invoice=invoice, reason="meant for Ben")
        made = statement(cast, viewer)
        text = words(made)
    assert made.content["closing_cents"] == 0
    assert "Invoice canceled · INV-1" in text
    assert "Payment taken back" in text
    assert "Ben" not in text


def test_what_is_due_is_shown_by_age(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        today = statement(cast, viewer, since=nov(1), through=TODAY)
        later = statement(cast, viewer, since=nov(1), through=date(2027, 1, 20))
    assert today.content["ages"] == [120_00, 0, 0, 0, 0]
    assert later.content["ages"] == [0, 0, 120_00, 0, 0]


def test_the_same_document_always_gives_the_same_paper(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        made = statement(cast, viewer)
        before = words(made)
        pay(cast, viewer, "ana", 120_00)
        cast.child(viewer, "Zoe", parents=("ana",))
        assert words(Document.objects.get(pk=made.pk)) == before


def test_it_speaks_the_payers_language(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        Guest.objects.create(practice_id=cast.practice_id, party_id=cast.people["ana"], language="es")
        made = statement(cast, viewer)
        text = words(made)
        found = PdfReader(io.BytesIO(document_pdf(made)))
    assert made.language == "es"
    assert "Estado de cuenta" in text
    assert "Saldo final" in text
    assert not [each for each in ("Statement", "Balance", "Closing", "Invoice ", "From", "Date") if each in text]
    assert found.trailer["/Root"]["/Lang"] == "es"
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean


def test_who_pays_nothing_for_a_child_gets_no_statement_for_it_and_dates_go_forward(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        cast.child(viewer, "Kit", parents=("cy",))
        with pytest.raises(Invalid) as refused:
            statement(cast, viewer, "cy", "mia")
        assert "payer_id" in refused.value.problems
        with pytest.raises(Invalid):
            statement(cast, viewer, since=nov(2), through=nov(1))


def test_a_clinician_makes_no_statement_over_a_colleagues_client(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        invoiced(cast, viewer, 4, name="Leo", clinician="entire")
    with cast.as_("kim") as viewer:
        mia = statement(cast, viewer, child="mia")
        with pytest.raises(Forbidden, match="not yours"):
            statement(cast, viewer)
    with cast.as_("owner") as viewer:
        whole = statement(cast, viewer)
    kim = Visitor(cast, "kim")
    assert kim.get(f"/billing/documents/{mia.pk}/").status_code == 200
    assert kim.get(f"/billing/documents/{whole.pk}/").status_code == 404
    assert kim.get(f"/billing/documents/{whole.pk}/pdf/").status_code == 404
    with cast.as_("basic") as viewer, pytest.raises((Forbidden, Unknown)):
        statement(cast, viewer, child="mia")


def test_it_is_made_from_a_clients_billing_and_shown(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
    sam = Visitor(cast, "biller")
    mia, ana = cast.clients["mia"], cast.people["ana"]
    assert "Create statement" in sam.get(f"/clients/{mia}/billing/").content.decode()
    assert "Create statement" in sam.get(f"/billing/payers/{ana}/").content.decode()
    asked = f"/billing/documents/statement/?client={mia}"
    assert "Ana Ortiz" in sam.dialog(asked).content.decode()
    sent = {"client": mia, "payer": ana, "since": "2026-11-01", "through": "2026-11-30"}
    assert sam.send("/billing/documents/statement/", {**sent, "through": "2026-10-01"}).status_code == 422
    assert sam.send("/billing/documents/statement/", {**sent, "since": "x"}).status_code == 422
    answer = sam.send("/billing/documents/statement/", sent)
    assert answer.status_code == 204
    page = sam.get(answer["HX-Redirect"]).content.decode()
    assert "Closing balance" in page
    assert "$120.00" in page
    listed = sam.get("/billing/documents/").content.decode()
    assert answer["HX-Redirect"] in listed
    assert sam.get(f"{answer['HX-Redirect']}pdf/").content.startswith(b"%PDF-")


def test_hundreds_cost_as_many_queries_as_one(cast):
    with cast.as_("owner") as viewer:
        for place in range(4):
            cast.people.pop("cy", None)
            invoiced(cast, viewer, 2, name=f"C{place}", parents=("cy",))
        payers = list(Document.objects.none()) or [
            each for each in addressees(practice_of(viewer), _payers()).values() if each
        ]
        counts = []
        for some in (payers[:1], payers):
            with CaptureQueriesContext(connection) as asked:
                made = statement_contents(practice_of(viewer), [StatementOf(each) for each in some], **NOVEMBER)
            counts.append(len(asked))
            assert [content["closing_cents"] for content, _ in made] == [120_00] * len(some)
    assert counts[0] == counts[1]


def _payers():
    from kinbook.ledger.statements import payers_owing

    return [payer for _, payer, _ in payers_owing()]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["pay", "bill", "give up"]), st.integers(1, 9000)), max_size=6
    )
)
def test_closing_is_opening_and_all_moves_and_what_the_journal_says(cast, steps):
    from django.db import transaction

    with cast.as_("owner") as viewer:
        point = transaction.savepoint()
        cast.people.clear()
        (invoice,) = invoiced(cast, viewer, 2)
        for day, what, cents in steps:
            if what == "pay":
                pay(cast, viewer, "ana", cents, received_on=nov(min(day, 18)))
            elif what == "bill":
                cast.people.pop("cy", None)
                invoiced(cast, viewer, min(day, 18), name=f"K{day}-{cents}", parents=("ana",))
            else:
                due = type(invoice.standing).objects.get(pk=invoice.pk).due_cents
                if due:
                    write_off(viewer, invoice=invoice, charge_id=None, cents=min(due, cents), reason="x")
        whole = statement(cast, viewer, **EVER).content
        parts = [
            statement(cast, viewer, since=nov(1), through=nov(9)),
            statement(cast, viewer, since=nov(10), through=nov(30)),
        ]
        standing = payer_standing([cast.people["ana"]])
        transaction.savepoint_rollback(point)
    assert whole["closing_cents"] == standing.balance_cents
    assert whole["closing_cents"] == whole["opening_cents"] + sum(move["cents"] for move in whole["moves"])
    assert sum(whole["ages"]) == standing.due_cents
    assert parts[0].content["closing_cents"] == parts[1].content["opening_cents"]
    assert parts[1].content["closing_cents"] == whole["closing_cents"]

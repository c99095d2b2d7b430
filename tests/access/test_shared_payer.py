"""A parent who pays for two children of different clinicians: each clinician sees what concerns their own client."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.models import Invoice
from kinbook.payments.commands import receive_payment
from kinbook.payments.models import Payment
from tests.api.caller import Caller
from tests.cast import nov
from tests.scheduling.visitor import Visitor


@pytest.fixture
def ana(cast):
    """Ana pays for Mia, who is Dr Kim's, and for Zebedee, who is not; one check settles both invoices."""
    with cast.as_("owner") as viewer:
        for name, clinician in (("Mia", "kim"), ("Zebedee", "entire")):
            child = cast.child(viewer, name, clinician=clinician)
            charge = cast.book(viewer, child.pk, nov(9))
            issue_charges(viewer, client_id=child.pk, charge_ids=[charge.pk])
        party = cast.people["ana"]
        receive_payment(viewer, payer_id=party, cents=200_00, method="check", received_on=nov(18))
        return party


def ids(cast):
    with cast.as_("owner"):
        hers, his = Invoice.objects.order_by("number")
        return hers, his, Payment.objects.get().pk


def test_pages_of_the_payer_and_the_payment_name_one_child_alone(cast, ana):
    hers, his, payment = ids(cast)
    kim = Visitor(cast, "kim")
    pages = [f"/billing/payers/{ana}/", f"/people/{ana}/", f"/billing/payments/{payment}/", "/billing/payments/"]
    for url in (
        *pages,
        "/billing/invoices/",
        "/search/?q=ana",
        "/people/choose/?q=ana",
        f"/billing/invoices/{hers.pk}/",
    ):
        response = kim.dialog(url) if url.startswith("/search/") else kim.get(url)
        assert response.status_code == 200, url
        assert "Zebedee" not in response.content.decode(), url
        assert his.name not in response.content.decode(), url
    assert kim.get(f"/billing/invoices/{his.pk}/").status_code == 404


def test_the_payment_shows_what_it_settled_for_the_own_client(cast, ana):
    hers, his, payment = ids(cast)
    assert hers.name in Visitor(cast, "kim").get(f"/billing/payments/{payment}/").content.decode()
    both = Visitor(cast, "biller").get(f"/billing/payments/{payment}/").content.decode()
    assert hers.name in both
    assert his.name in both


def test_the_api_tells_no_more(cast, ana):
    hers, his, payment = ids(cast)
    kim = Caller(cast, "kim")
    assert [each["invoice_id"] for each in kim.get(f"/payments/{payment}")["allocations"]] == [str(hers.pk)]
    balance = kim.get(f"/payers/{ana}/balance")
    assert balance["invoiced_cents"] == 120_00
    assert len(balance["by_client"]) == 1
    assert [each["id"] for each in kim.get("/invoices")["items"]] == [str(hers.pk)]
    for path in ("/journal", "/charges", "/clients", f"/payers/{ana}/balance"):
        assert his.name not in str(kim.get(path))
        assert "Zebedee" not in str(kim.get(path))


def test_merging_shows_no_balance_of_a_colleagues_client(cast, ana):
    with cast.as_("owner") as viewer:
        cast.child(viewer, "Leo", parents=("cy",), clinician="kim")
    url = f"/people/{ana}/merge/?into={cast.people['cy']}"
    shown = Visitor(cast, "kim").get(url)
    assert shown.status_code == 200
    assert "Zebedee" not in shown.content.decode()
    assert "$" not in Visitor(cast, "basic").get(url).content.decode()

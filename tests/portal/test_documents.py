"""A parent's own documents: those that were given to them, receipts and years they make themselves; nobody else's."""

from datetime import UTC, datetime

import pytest

from kinbook.access.models import PortalGrant
from kinbook.documents.commands.send import send_document
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.models import Opening
from kinbook.payments.models import Payment
from tests.cast import nov
from tests.documents.reading import words_in

NOVEMBER = {"since": nov(1), "through": nov(30)}


@pytest.fixture
def given(cast, family):
    """A statement for each parent, sent."""
    made = {}
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        for name in ("ana", "ben"):
            made[name] = create_statement(viewer, payer_id=cast.people[name], client_id=family.mia, **NOVEMBER)
            send_document(viewer, document=made[name])
    return made


def test_what_was_sent_stands_in_billing_as_page_and_paper(cast, guest, given):
    ana, url = guest("ana"), f"/portal/documents/{given['ana'].pk}/"
    assert url in ana.get("/portal/billing/").content.decode()
    assert "Closing balance" in ana.read(url)
    assert "Closing balance $74.00" in words_in(ana.get(f"{url}pdf/").content)
    with cast.as_("owner"):
        assert list(Opening.objects.values_list("way", flat=True)) == ["portal", "portal"]


def test_another_parents_is_not_there_nor_is_a_draft(cast, family, guest, given):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        draft = create_statement(viewer, payer_id=cast.people["ana"], client_id=family.mia, **NOVEMBER)
    for name, document in (("ana", given["ben"]), ("ben", given["ana"]), ("mia", given["ana"]), ("ana", draft)):
        for end in ("", "pdf/"):
            assert guest(name).get(f"/portal/documents/{document.pk}/{end}").status_code == 404


def test_where_bills_are_not_open_there_are_no_documents(cast, family, guest, given):
    with cast.as_("owner"):
        PortalGrant.objects.filter(party_id=cast.people["ana"], client_id=family.mia).update(billing_documents=False)
    ana = guest("ana")
    assert ana.get(f"/portal/documents/{given['ana'].pk}/").status_code == 404


def test_a_receipt_and_a_year_are_made_from_own_payments(cast, guest):
    with cast.as_("owner"):
        paid = dict(Payment.objects.values_list("payer_id", "pk"))
    ana, bens = guest("ana"), paid[cast.people["ben"]]
    mine = f"/portal/billing/payments/{paid[cast.people['ana']]}/receipt/"
    page = ana.get("/portal/billing/").content.decode()
    assert mine in page
    assert "/portal/billing/years/2026/" in page
    receipt, year = (words_in(ana.get(url).content) for url in (mine, "/portal/billing/years/2026/"))
    assert "$70.00" in receipt
    assert "Mia" in receipt
    assert "Paid in all $70.00" in year
    for text in (receipt, year):
        assert "13.00" not in text
        assert "Ben" not in text
    assert ana.get(f"/portal/billing/payments/{bens}/receipt/").status_code == 404
    assert ana.get("/portal/billing/years/2019/").status_code == 404
    assert guest("mia").get("/portal/billing/years/2026/").status_code == 404


def test_they_speak_spanish(guest, given):
    spoken = {"Accept-Language": "es"}
    ana = guest("ana")
    assert "Resumen de pagos 2026" in words_in(ana.get("/portal/billing/years/2026/", headers=spoken).content)
    assert "Documentos" in ana.get("/portal/billing/", headers=spoken).content.decode()


def test_who_looks_on_opens_nothing(cast, guest, given):
    looking = guest("ana", member_id=cast.members["owner"])
    assert looking.get(f"/portal/documents/{given['ana'].pk}/").status_code in {200, 302}
    with cast.as_("owner"):
        assert not Opening.objects.exists()

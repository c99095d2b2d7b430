"""One parent never learns of the other; a teen sees no money; another family and practice see nothing at all."""

import io
from datetime import UTC, datetime, time, timedelta

import pytest
from pypdf import PdfReader

from kinbook.invitations.commands.sessions import open_session
from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.late_fees import charge_late_fees
from kinbook.invoices.commands.void import void_invoice
from kinbook.payments.commands import refund_payment
from kinbook.payments.models import Payment
from kinbook.people.models import Email, Party, Phone
from kinbook.practice.commands import change_practice
from kinbook.whopays.models import Charge
from tests.cast import ELSEWHERE, Cast
from tests.portal.conftest import enter_family
from tests.portal.guest import Guest, words_of

PAGES = ("/portal/", "/portal/appointments/", "/portal/billing/", "/portal/profile/")
OF_BEN = ("Ben", "ben@workshop.example", "555-0187", "96.00", "83.00", "13.00", "4000", "40%", "60%", "240.00")
OF_ANA = ("Ana", "ana.ortiz@mail.example", "555-0142", "144.00", "74.00", "70.00", "60%", "40%", "240.00")
OF_MIA = ("mia@teen.example",)


def everything(guest, family, name):
    """Return all that somebody can read: pages, invoices, papers."""
    found = [guest.read(page) for page in PAGES]
    found += [guest.read(f"{page}?child={family.mia}") for page in PAGES]
    url = f"/portal/billing/{family.invoice[name].pk}/"
    found.append(guest.read(url))
    paper = guest.get(f"{url}pdf/")
    found += [page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages]
    return "\n".join(found)


@pytest.mark.parametrize(("name", "others"), [("ana", OF_BEN), ("ben", OF_ANA)])
def test_neither_parent_reads_a_word_of_the_other(guest, family, name, others):
    told = everything(guest(name), family, name)
    assert "Mia" in told
    found = [word for word in (*others, *OF_MIA) if word in told.replace("Benef", "")]
    assert not found


def test_a_parent_sees_their_own_invoice_and_what_they_paid(guest, family):
    told = everything(guest("ana"), family, "ana")
    assert "$144.00" in told
    assert "$70.00" in told
    assert "$74.00" in told


def test_the_other_parents_invoice_looks_like_none(guest, family):
    ana = guest("ana")
    url = f"/portal/billing/{family.invoice['ben'].pk}/"
    gone = ana.get("/portal/billing/0192f000-0000-7000-8000-000000000000/")
    for theirs in (ana.get(url), ana.get(f"{url}pdf/")):
        assert theirs.status_code == gone.status_code == 404
        assert theirs.content == gone.content


def test_confidential_appointments_are_the_teens_alone(guest, family):
    count = {
        name: guest(name).get("/portal/appointments/").content.decode().count("<article") for name in ("ana", "mia")
    }
    assert count == {"ana": 2, "mia": 2}  # Ana: Mia's and Leo's; Mia: both of hers
    refused = guest("ana").post(f"/portal/appointments/{family.coming['secret']}/confirm/")
    assert refused.status_code == 404


def test_a_late_fee_is_told_to_who_was_late_alone(cast, guest, family):
    late = family.invoice["ben"].due_on + timedelta(days=10)
    with cast.as_("owner", family.invoice["ben"].issued_at) as viewer:
        change_practice(viewer, fields={"late_fee_days": 10, "late_fee_cents": 17_31, "late_fee_percent": None})
    with cast.as_("owner", datetime.combine(late, time(12), UTC)) as viewer:
        charge_late_fees(viewer, invoice_ids=[family.invoice["ben"].pk])
        fee = Charge.objects.get(kind="fee")
        (invoice,) = issue_charges(viewer, client_id=fee.client_id, charge_ids=[fee.pk])
    ana = everything(guest("ana"), family, "ana")
    assert not [word for word in ("Late fee", "17.31", invoice.name) if word in ana]
    assert guest("ana").get(f"/portal/billing/{invoice.pk}/").status_code == 404
    told = guest("ben").read(f"/portal/billing/{invoice.pk}/")
    assert "Late fee" in told
    assert "17.31" in told
    assert family.invoice["ben"].name not in told, "which invoice was late is the practice's note"


def test_a_teen_sees_no_money(guest, family):
    mia = guest("mia")
    told = mia.read("/portal/") + mia.read("/portal/appointments/") + mia.read("/portal/profile/")
    assert "$" not in told
    assert "Billing" not in told
    for url in ("/portal/billing/", f"/portal/billing/{family.invoice['ana'].pk}/"):
        assert mia.get(url).status_code == 404


def test_void_reasons_are_for_staff(cast, guest, family):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        void_invoice(viewer, invoice=family.invoice["ana"], reason="Belongs to the father")
    told = everything(guest("ana"), family, "ana")
    assert "void" in told.lower()
    assert "Belongs" not in told


def test_another_practice_with_the_same_family_stays_apart(cast, guest, family):
    other = Cast.enter(ELSEWHERE, "elsewhere.example")
    theirs = enter_family(other)
    secret = open_session(practice_id=other.practice_id, party_id=other.people["ana"], now=datetime.now(UTC))
    for invoice, stranger in ((theirs.invoice["ana"], guest("ana")), (family.invoice["ana"], Guest(secret))):
        assert stranger.get(f"/portal/billing/{invoice.pk}/").status_code == 404


def test_the_childs_addresses_are_shown_to_no_guardian(cast, guest, family):
    with cast.as_("owner"):
        Party.objects.filter(pk=cast.people["mia"]).update(street="77 Hidden Lane")
        assert Email.objects.filter(party_id=cast.people["mia"]).exists()
        Phone.objects.create(
            practice_id=cast.practice_id, party_id=cast.people["mia"], number="555-0199", digits="5550199"
        )
    told = everything(guest("ana"), family, "ana")
    assert not [word for word in ("Hidden", "555-0199", "mia@") if word in told]


def test_what_was_taken_off_is_told_without_why_and_to_its_payer_alone(guest, family, cast):
    with cast.as_("owner") as viewer:
        add_credit_note(viewer, invoice=family.invoice["ana"], charge_id=None, cents=2_00, reason="Because of Ben")
        payment = Payment.objects.get(payer_id=cast.people["ana"])
        refund_payment(viewer, payment=payment, cents=5_00, reason="Because of Ben")
    ana, ben = guest("ana"), guest("ben")
    bill = words_of(ana.get(f"/portal/billing/{family.invoice['ana'].pk}/"))
    assert "Credit note CN-1" in bill
    assert "$2.00" in bill
    told = words_of(ana.get("/portal/billing/"))
    assert "$5.00 went back to you" in told
    assert "Because" not in bill + told
    assert "CN-1" not in words_of(ben.get("/portal/billing/"))
    assert "went back" not in words_of(ben.get("/portal/billing/"))

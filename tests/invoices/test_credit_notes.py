"""A credit note lowers what is due, with a number and a paper of its own; a void takes it back."""

import io

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import recreate_invoice, void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.models import CreditNote, CreditNoteLine, CreditNoteVoid, Invoice
from kinbook.invoices.queries.credit import credit_note_page
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import credit_note_pdf
from kinbook.ledger.balances import payer_standing
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Forbidden, Invalid
from tests.cast import Cast
from tests.invoices.test_issue_invoices import run, siblings
from tests.money import invoiced, pay, promises_hold, split, standing
from tests.payments.test_payments import due
from tests.scheduling.visitor import Visitor


def credit(viewer, invoice, cents, charge_id=None, reason="The session was half as long", kind="credit_note"):
    return add_credit_note(viewer, invoice=invoice, charge_id=charge_id, cents=cents, reason=reason, kind=kind)


def read(pdf):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("kind", ["credit_note", "discount"])
def test_it_lowers_what_is_due_and_what_was_invoiced(cast, kind):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        made = credit(viewer, invoice, 60_00, kind=kind)
        assert (made.name, made.kind) == ("CN-1", kind)
        assert due() == [60_00]
        found = payer_standing([cast.people["ana"]])
        assert (found.invoiced_cents, found.written_off_cents, found.balance_cents) == (60_00, 0, 60_00)
        promises_hold(cast)


def test_at_most_what_is_due_after_payments_write_offs_and_other_credit_notes(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 50_00)
        write_off(viewer, invoice=invoice, charge_id=None, cents=20_00, reason="Hardship")
        credit(viewer, invoice, 30_00)
        for cents in (20_01, 0, -1):
            with pytest.raises(Invalid, match="at most what is due") as refused:
                credit(viewer, invoice, cents)
            assert set(refused.value.problems) == {"cents"}
        with pytest.raises(Invalid, match="at most what is due"):
            write_off(viewer, invoice=invoice, charge_id=None, cents=20_01, reason="Hardship")
        credit(viewer, invoice, 20_00, kind="discount")
        assert due() == [0]
        assert CreditNote.objects.count() == 2
        promises_hold(cast)


def test_one_charge_of_several_is_credited_up_to_its_own_amount(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        first = invoice.lines.order_by("position").first()
        with pytest.raises(Invalid):
            credit(viewer, invoice, 120_01, charge_id=first.charge_id)
        credit(viewer, invoice, 120_00, charge_id=first.charge_id)
        assert [line.charge_id for line in CreditNoteLine.objects.all()] == [first.charge_id]
        credit(viewer, invoice, 120_00)
        assert due() == [0]
        promises_hold(cast)


def test_it_says_why_and_is_one_of_two_kinds(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        for wrong, field in (({"reason": " "}, "reason"), ({"kind": "gift"}, "kind")):
            with pytest.raises(Invalid) as refused:
                credit(viewer, invoice, 10_00, **wrong)
            assert set(refused.value.problems) == {field}
        assert not CreditNote.objects.exists()
        promises_hold(cast)


def test_a_void_takes_it_back_by_an_entry_of_its_own_and_the_new_invoice_starts_whole(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        credit(viewer, invoice, 60_00)
        credit(viewer, invoice, 10_00, kind="discount")
        void_invoice(viewer, invoice=invoice, reason="wrong date")
        assert CreditNoteVoid.objects.count() == 2
        assert standing(cast, "ana") == (0, 0)
        promises_hold(cast)
        recreate_invoice(viewer, invoice=invoice)
        assert due() == [0, 120_00]
        promises_hold(cast)


def test_readdressed_the_other_payer_owes_the_whole_share(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        credit(viewer, invoice, 60_00)
        readdress_invoice(viewer, invoice=invoice, rule=cast.read_rule("single", ["ben"]), reason="wrong parent")
        assert standing(cast, "ana") == (0, 0)
        assert standing(cast, "ben") == (120_00, 0)
        promises_hold(cast)


def test_numbers_run_on_without_gaps_beside_those_of_invoices(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        credit(viewer, invoice, 10_00)
        with pytest.raises(Invalid), transaction.atomic():
            credit(viewer, invoice, 10_00, reason="")
        credit(viewer, invoice, 10_00)
        assert list(CreditNote.objects.order_by("number").values_list("name", flat=True)) == ["CN-1", "CN-2"]
        promises_hold(cast)


def test_the_paper_shows_the_payers_own_view_and_not_why(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        made = credit(viewer, invoices["ana"], 20_00, reason="Ben complained about the room")
        told = read(credit_note_pdf(credit_note_page(viewer, made.pk)))
        assert "CN-1" in told
        assert invoices["ana"].name in told
        assert "$20.00" in told
        assert not [word for word in ("Ben", "complained", "120.00", "48.00") if word in told]
        void_invoice(viewer, invoice=invoices["ana"], reason="wrong")
        told = read(credit_note_pdf(credit_note_page(viewer, made.pk)))
        assert "VOID" in told
        assert "$20.00" not in told


def test_the_page_lists_it_and_the_delete_dialog_says_what_becomes_of_it(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        credit(viewer, invoice, 60_00)
        assert invoice_page(viewer, invoice.pk).credited_cents == 60_00
    biller = Visitor(cast, "biller")
    assert "CN-1" in biller.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert "CN-1 of $60.00 is taken back" in biller.get(f"/billing/invoices/{invoice.pk}/void/").content.decode()


def test_a_percentage_is_of_what_is_due(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 20_00)
    biller = Visitor(cast, "biller")
    address = f"/billing/invoices/{invoice.pk}/credit/"
    assert biller.post(address, {"kind": "discount", "percent": "12.5", "reason": "Sibling"}).status_code == 302
    both = {"kind": "discount", "percent": "10", "cents": "5", "reason": "Sibling"}
    assert "Enter an amount, or a percentage" in biller.post(address, both).content.decode()
    with cast.as_("owner"):
        assert CreditNote.objects.get().total_cents == 12_50
        assert due() == [87_50]


def test_whoever_sees_no_amounts_credits_nothing(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
    for name in ("scheduler", "basic", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            credit(viewer, invoice, 10_00)


def test_of_an_invoice_of_siblings_each_is_lowered_within_what_is_due_for_them(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer)
        run(viewer, by_family=True)
        invoice = Invoice.objects.with_state().order_by("-total_cents").first()
        credit(viewer, invoice, invoice.total_cents)
        assert Invoice.objects.with_state().get(pk=invoice.pk).standing.due_cents == 0
        promises_hold(cast)


def test_the_database_refuses_lines_that_do_not_add_up(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        credit(viewer, invoice, 10_00)
        line = CreditNoteLine.objects.get()
        line.pk, line.position = new_id(), 2
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            CreditNoteLine.objects.bulk_create([line])
            with pytest.raises(IntegrityError, match="takes no more lines"):
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)


@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["pay", "write off", "credit_note", "discount"]), st.integers(1, 150_00)),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_lowers_it_nothing_is_overpaid_and_all_adds_up(db, steps):
    cast = Cast.enter(domain=f"{new_id()}.example")
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        left = 240_00
        for deed, cents in steps:
            if deed == "pay":
                pay(cast, viewer, "ana", cents)
                left -= min(left, cents)
                continue
            try:
                if deed == "write off":
                    write_off(viewer, invoice=invoice, charge_id=None, cents=cents, reason="so")
                else:
                    credit(viewer, invoice, cents, kind=deed)
            except Invalid:
                assert cents > left
            else:
                left -= cents
        assert due() == [left]
        promises_hold(cast)
        void_invoice(viewer, invoice=invoice, reason="all anew")
        assert payer_standing([cast.people["ana"]]).invoiced_cents == 0
        promises_hold(cast)

"""The paper: tagged, readable, with the payer's own reasons and not a word about anybody else."""

import io

import pytest
from pypdf import PdfReader

from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import invoice_pdf
from kinbook.people.commands.parties import change_person
from kinbook.people.models import Client, Party
from kinbook.tenancy.models import Practice
from tests.cast import PARENTS
from tests.invoices.test_issue_invoices import OPEN, run, siblings
from tests.money import invoiced, pay, split
from tests.scheduling.visitor import Visitor


def paper(viewer, invoice):
    return PdfReader(io.BytesIO(invoice_pdf(invoice_page(viewer, invoice.pk))))


def words(viewer, invoice):
    return " ".join(" ".join(page.extract_text() for page in paper(viewer, invoice).pages).split())


def test_it_says_who_owes_what_for_whom_and_why(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 50_00)
        write_off(viewer, invoice=invoice, charge_id=None, cents=10_00, reason="hardship")
        text = words(viewer, invoice)
    for said in (
        *("Harbor Lane Family Therapy", "Invoice INV-1", "Billed to Ana Ortiz", "18 November 2026"),
        *("2 November 2026", "Individual session · Mia Ortiz", "Your share under the payment arrangement"),
        *("Total $240.00", "$50.00", "$10.00", "Due $180.00"),
    ):
        assert said in text, text
    assert "hardship" not in text


def test_it_is_tagged_so_that_a_screen_reader_reads_it_in_order(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        found = paper(viewer, invoice)
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert root["/Lang"] == "en"
    assert found.metadata.title == "Invoice INV-1"
    kinds = set()

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif hasattr(node, "get"):
            kinds.add(node.get("/S"))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"]["/K"])
    assert {"/H1", "/Table", "/TH", "/TD"} <= kinds


def test_the_letters_are_in_it(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        fonts = paper(viewer, invoice).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())


def test_a_void_one_says_void_and_nothing_else(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        readdress_invoice(viewer, invoice=invoice, rule=cast.read_rule("single", ["ben"]), reason="Ana phoned")
        text = words(viewer, invoice)
    assert "VOID" in text
    for unsaid in ("Ana", "Ben", "Mia", "Ortiz", "session", "120", "phoned", "INV-2", "Due", "Re-addressed"):
        assert unsaid not in text, text


@pytest.mark.parametrize(("name", "other"), [("ana", "Ben"), ("ben", "Ana")])
def test_of_a_split_nothing_says_that_there_is_another_payer(cast, name, other):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, 4)
        text = words(viewer, invoices[name])
        share = {"ana": "$72.00", "ben": "$48.00"}[name]
    assert share in text
    for unsaid in (other, "Cy", "60", "40%", "120", "Split"):
        assert unsaid not in text.replace(share, ""), text


def test_alternating_and_readdressed_papers_count_nobody_elses_turns(cast):
    from kinbook.invoices.commands.issue import issue_charges
    from tests.cast import nov

    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment", caps=[{"payer": "ben", "cents": 50_00, "per": "month"}])
        charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in (2, 4, 6)]
        made = issue_charges(viewer, client_id=mia.pk, charge_ids=charges)
        bens = next(each for each in made if each.payer_id == cast.people["ben"])
        anas = next(each for each in made if each.payer_id == cast.people["ana"])
        given = readdress_invoice(viewer, invoice=bens, rule=cast.read_rule("single", ["ana"]), reason="cap")
        texts = [words(viewer, anas), words(viewer, given.issued[0])]
    for text in texts:
        for unsaid in ("Ben", "turn", "cap", "50.00 a month", "Re-addressed"):
            assert unsaid not in text.replace("$50.00", ""), text


def test_the_full_fee_stands_on_it_where_the_practice_says_so_for_the_client(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        Client.objects.filter(pk=cast.clients["mia"]).update(shows_full_fee=True)
        text = words(viewer, invoices["ana"])
    assert "$72.00 of $120.00" in text
    assert "$48" not in text


def test_it_keeps_the_name_it_was_issued_to(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        from dataclasses import replace

        party = Party.objects.get(pk=cast.people["ana"])
        change_person(viewer, party=party, draft=replace(PARENTS["ana"], last_name="Reyes", street="1 New Street"))
        text = words(viewer, invoice)
    assert "Ana Ortiz" in text
    assert "Reyes" not in text
    assert "New Street" not in text


def test_hostile_names_are_words_like_others(cast):
    with cast.as_("owner") as viewer:
        Practice.objects.update(name='#panic() $1$ "x" \\ <b>', invoice_footer="*bold* _it_ @ref `raw` //")
        (invoice,) = invoiced(cast, viewer, name="Zoë 李 #eval")
        text = words(viewer, invoice)
    assert '#panic() $1$ "x" \\ <b>' in text.replace("“", '"').replace("”", '"')
    assert "Zoë" in text
    assert "*bold* _it_ @ref `raw` //" in text


def test_who_may_open_one_child_only_gets_no_paper_of_both(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer, **OPEN)
        from kinbook.access.models import Assignment

        Assignment.objects.filter(client_id=cast.clients["leo"]).delete()
        (invoice,) = run(viewer, by_family=True)
    visitor = Visitor(cast, "kim")
    assert visitor.get(f"/billing/invoices/{invoice.pk}/pdf/").status_code == 403
    shown = visitor.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert "Mia Ortiz" in shown
    assert "Leo" not in shown


def test_it_is_downloaded_under_its_number(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        void_invoice(viewer, invoice=invoice, reason="?")
    answer = Visitor(cast, "biller").get(f"/billing/invoices/{invoice.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="INV-1.pdf"'
    assert answer.content.startswith(b"%PDF-")

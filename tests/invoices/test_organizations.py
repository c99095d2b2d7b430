"""Invoices to organizations: one a client or one over all, with their references, clients named as they want them."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import advance_run, progress_of, start_run
from kinbook.invoices.commands.terms import set_terms
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Invoice, InvoiceLine, RunStep
from kinbook.invoices.queries import planning
from kinbook.invoices.queries.dry_run import dry_run
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import paper_of
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Party
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.models import Charge
from tests.cast import TODAY, nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor


@pytest.fixture
def agency(cast):
    """An agency that covers 80.00 of each session of Mia and Leo, and Theo of Dr Novak's; the parents pay the rest."""
    with cast.as_("owner") as viewer:
        party = add_organization(viewer, name="County Agency", kind="agency")
        for place, (name, clinician) in enumerate((("Mia", "kim"), ("Leo", "kim"), ("Theo", "entire"))):
            client = cast.child(viewer, name, clinician=clinician, parents=("ana",))
            draft = CoverageDraft(
                party.pk, fixed_cents=80_00, authorization=f"A-{place}", file_number=f"F-{place}" if place else ""
            )
            add_coverage(viewer, client_id=client.pk, draft=draft)
            for day in (2, 4):
                cast.book(viewer, client.pk, nov(day))
        return party


def wants(viewer, party, **terms):
    return set_terms(
        viewer, party=party, **{"one_invoice": True, "clients_named": "full_name", "reference": "", **terms}
    )


def made_by_run(viewer, **how):
    run = start_run(viewer, through=TODAY, **how)
    while advance_run(viewer, run_id=run.pk):
        pass
    return run


def to(party):
    return list(Invoice.objects.filter(payer=party).order_by("number"))


def test_without_terms_there_is_an_invoice_a_client(cast, agency):
    with cast.as_("biller") as viewer:
        made_by_run(viewer)
        assert [each.total_cents for each in to(agency)] == [160_00] * 3
        promises_hold(cast)


def test_one_monthly_invoice_holds_all_its_clients_each_ones_lines_together(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency, reference="PO-77")
        shown = dry_run(viewer, through=TODAY)
        assert (shown.count, shown.charges) == (4, 6)
        run = made_by_run(viewer)
        (one,) = to(agency)
        assert (one.total_cents, one.reference) == (480_00, "PO-77")
        lines = list(one.lines.order_by("position").values_list("client_id", "on_date"))
        assert lines == sorted(lines)
        assert len({client for client, _ in lines}) == 3
        assert progress_of(run).charges == progress_of(run).charges_done == 6
        assert Invoice.objects.exclude(payer=agency).count() == 3
        promises_hold(cast)


def test_it_is_one_whatever_the_size_of_a_step(cast, agency, monkeypatch):
    monkeypatch.setattr(planning, "FAMILIES_A_STEP", 1)
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
        run = start_run(viewer, through=TODAY)
        assert advance_run(viewer, run_id=run.pk)
        assert not to(agency)
        while advance_run(viewer, run_id=run.pk):
            pass
        assert [each.total_cents for each in to(agency)] == [480_00]
        assert RunStep.objects.filter(payer_id=agency.pk).count() == 1


def test_what_is_confidential_has_an_invoice_of_its_own(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
    with cast.as_("owner") as viewer:
        secret = cast.book(viewer, cast.clients["mia"], nov(6), confidential=True, fee_cents=80_00)
        made_by_run(viewer)
        assert sorted(each.total_cents for each in to(agency)) == [80_00, 480_00]
        assert InvoiceLine.objects.get(charge_id=secret.pk).invoice.total_cents == 80_00
        promises_hold(cast)


@pytest.mark.parametrize(
    ("named", "printed"),
    [
        ("full_name", {"Mia Ortiz", "Leo Ortiz", "Theo Ortiz"}),
        ("initials", {"MO", "LO", "TO"}),
        ("file_number", {"MO", "F-1", "F-2"}),
    ],
)
def test_clients_are_named_as_the_organization_needs_and_authorizations_stand_by_the_line(cast, agency, named, printed):
    with cast.as_("biller") as viewer:
        wants(viewer, agency, clients_named=named, reference="PO-77")
        made_by_run(viewer)
        (one,) = to(agency)
        page = invoice_page(viewer, one.pk)
        assert {line.printed_name for line in page.lines} == printed
        assert {line.authorization for line in page.lines} == {"A-0", "A-1", "A-2"}
        paper = paper_of(page)
        assert ["Your reference", "PO-77"] in paper["facts"]
        assert all(any(name in line["what"] for name in printed) for line in paper["lines"])
        if named != "full_name":
            assert "Ortiz" not in str(paper)


def test_what_was_issued_stays_as_it_was_when_the_terms_change(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency, clients_named="initials", reference="PO-77")
        made_by_run(viewer)
        wants(viewer, agency, clients_named="full_name", reference="PO-78")
        page = invoice_page(viewer, to(agency)[0].pk)
        assert page.invoice.reference == "PO-77"
        assert {line.printed_name for line in page.lines} == {"MO", "LO", "TO"}


def test_who_may_not_see_every_client_sees_the_own_lines_and_cannot_void_it(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
        made_by_run(viewer)
        (one,) = to(agency)
    with cast.as_("kim") as viewer:
        page = invoice_page(viewer, one.pk)
        assert len(page.lines) == 4
        assert page.other_cents == 160_00
        with pytest.raises(Forbidden):
            void_invoice(viewer, invoice=one, reason="Wrong")


def test_a_clinicians_run_makes_one_invoice_of_the_own_clients(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
    with cast.as_("kim") as viewer:
        made_by_run(viewer)
    with cast.as_("owner"):
        assert [each.total_cents for each in to(agency)] == [320_00]
        promises_hold(cast)


def test_deleted_and_recreated_it_is_one_again(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
        made_by_run(viewer)
        (one,) = to(agency)
        void_invoice(viewer, invoice=one, reason="Wrong reference")
        made = made_by_run(viewer)
        again = Invoice.objects.get(run_id=made.pk)
        assert again.total_cents == 480_00
        promises_hold(cast)


def test_one_charge_can_be_invoiced_by_itself_all_the_same(cast, agency):
    with cast.as_("biller") as viewer:
        wants(viewer, agency)
        mia = cast.clients["mia"]
        first = Charge.objects.filter(client_id=mia).order_by("moment").first()
        issue_charges(viewer, client_id=mia, charge_ids=[first.pk])
        assert [each.total_cents for each in to(agency)] == [80_00]


def test_terms_are_an_organizations_and_billing_settings(cast, agency):
    with cast.as_("biller") as viewer:
        with pytest.raises(Invalid):
            wants(viewer, agency, clients_named="shoe size")
        with pytest.raises(Invalid):
            wants(viewer, agency, reference="x" * 101)
        with pytest.raises(Invalid):
            wants(viewer, Party.objects.get(pk=cast.people["ana"]))
        wants(viewer, agency, version=1)
        wants(viewer, agency, version=1)
        with pytest.raises(Conflict):
            wants(viewer, agency, version=1)
    with cast.as_("kim") as viewer, pytest.raises(Forbidden):
        wants(viewer, agency)


def test_the_organizations_page_shows_its_terms(cast, agency):
    biller = Visitor(cast, "biller")
    sent = {"one_invoice": "yes", "clients_named": "initials", "reference": "PO-77"}
    assert biller.post(f"/billing/payers/{agency.pk}/terms/", sent).status_code in {204, 302}
    shown = biller.get(f"/billing/payers/{agency.pk}/").content.decode()
    for words in ("One monthly invoice", "Initials", "PO-77"):
        assert words in shown

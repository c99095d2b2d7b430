"""Invoices that make themselves: daily, monthly or by hand, as the practice does or as one client has it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kinbook.invoices.commands.automatic import start_automatic_runs
from kinbook.invoices.commands.runs import advance_run
from kinbook.invoices.commands.terms import set_terms
from kinbook.invoices.models import Invoice, InvoiceLine, Run
from kinbook.people.commands.parties import add_organization
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.commands.invoicing import set_invoicing
from tests.cast import nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor


def at(cast, *moment):
    """Let the practice's clock job do what is due at an instant of UTC; returns the modes of its runs."""
    now = datetime(*moment, tzinfo=UTC)
    with acting_as(Identity(cast.practice_id, ViewerKind.JOB, cast.practice_id)):
        viewer = rule_viewer(cast.practice_id, now=now)
        runs = start_automatic_runs(viewer)
        for run in runs:
            while advance_run(viewer, run_id=run.pk):
                pass
        return [run.mode for run in runs]


def invoiced(cast):
    with cast.as_("owner"):
        rows = InvoiceLine.objects.select_related("client__party").order_by("on_date", "client__sort_name")
        return [(row.client.short_name, row.on_date.day) for row in rows]


@pytest.fixture
def three(cast):
    """Mia daily, Leo monthly and Theo by hand, each seen on the 2nd and the 30th."""
    with cast.as_("owner") as viewer:
        for name, mode in (("Mia", "daily"), ("Leo", "monthly"), ("Theo", "manually")):
            cast.people.clear()
            client = cast.child(viewer, name)
            set_invoicing(viewer, client_id=client.pk, mode=mode)
            for day in (2, 30):
                cast.book(viewer, client.pk, nov(day))
    return cast


def test_each_is_invoiced_as_they_are_to_be(three):
    # New York is five hours behind
    assert at(three, 2026, 12, 1, 4, 59) == ["daily"]
    assert invoiced(three) == [("Mia", 2)]
    assert at(three, 2026, 12, 1, 5, 0) == ["daily", "monthly"]
    assert invoiced(three) == [("Leo", 2), ("Mia", 2), ("Leo", 30), ("Mia", 30)]
    with three.as_("owner"):
        promises_hold(three)


def test_what_was_gone_through_is_not_gone_through_again(three):
    at(three, 2026, 12, 1, 5, 0)
    assert at(three, 2026, 12, 1, 5, 5) == at(three, 2026, 12, 31, 12, 0) == []
    with three.as_("owner"):
        assert Run.objects.count() == 2


def test_a_month_waits_for_its_day_and_is_made_up_for_where_the_installation_was_away(three):
    with three.as_("owner"):
        Practice.objects.update(invoice_day=28)
    assert "monthly" not in at(three, 2026, 12, 27, 12, 0)
    assert at(three, 2026, 12, 30, 12, 0) == ["monthly"]
    with three.as_("owner"):
        assert Practice.objects.get(pk=three.practice_id).invoiced_month == nov(30)


@pytest.mark.parametrize(
    ("zone", "moment", "through"),
    [
        ("Pacific/Auckland", (2026, 11, 30, 11, 5), date(2026, 11, 30)),
        ("America/New_York", (2027, 3, 1, 5, 5), date(2027, 2, 28)),
        ("America/New_York", (2028, 3, 1, 5, 5), date(2028, 2, 29)),
        # Havana's clocks change on this very night
        ("America/Havana", (2026, 11, 1, 5, 5), date(2026, 10, 31)),
        ("Asia/Beirut", (2026, 3, 31, 21, 5), date(2026, 3, 31)),
    ],
)
def test_the_month_is_the_practices_in_its_own_zone(cast, zone, moment, through):
    with cast.as_("owner") as viewer:
        Practice.objects.update(time_zone=zone, automatic_invoices="monthly")
        mia = cast.child(viewer)
        cast.book(viewer, mia.pk, date(2026, 1, 15))
    assert at(cast, *moment) == ["monthly"]
    with cast.as_("owner"):
        assert Run.objects.get().through == through
        assert Invoice.objects.get().issued_on == through + timedelta(days=1)


def test_without_a_word_a_client_goes_by_the_practice(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.book(viewer, mia.pk, nov(2))
    assert at(cast, 2026, 12, 1, 12, 0) == []
    with cast.as_("owner"):
        Practice.objects.update(automatic_invoices="daily")
    assert at(cast, 2026, 12, 2, 12, 0) == ["daily"]


def test_one_monthly_invoice_waits_for_the_month_also_of_a_client_invoiced_daily(cast):
    with cast.as_("owner") as viewer:
        Practice.objects.update(automatic_invoices="daily")
        agency = add_organization(viewer, name="County Agency", kind="agency")
        set_terms(viewer, party=agency, one_invoice=True, clients_named="initials", reference="")
        for name in ("Mia", "Leo"):
            client = cast.child(viewer, name)
            add_coverage(viewer, client_id=client.pk, draft=CoverageDraft(agency.pk, fixed_cents=80_00))
            cast.book(viewer, client.pk, nov(2))
    assert at(cast, 2026, 11, 3, 12, 0) == ["daily"]
    with cast.as_("owner"):
        assert not Invoice.objects.filter(payer=agency).exists()
    assert at(cast, 2026, 12, 1, 12, 0) == ["monthly"]
    with cast.as_("owner"):
        assert Invoice.objects.get(payer=agency).total_cents == 160_00
        promises_hold(cast)


def test_a_biller_chooses_it_at_the_client(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
    biller = Visitor(cast, "biller")
    path = f"/clients/{mia.pk}/edit/billing/"
    assert "As the practice does: manually" in biller.get(path).content.decode()
    assert biller.post(f"{path}invoicing/", {"invoicing": "monthly"}).status_code in {204, 302}
    assert '<option value="monthly" selected>' in biller.get(path).content.decode()
    with cast.as_("owner") as viewer, pytest.raises(Invalid):
        set_invoicing(viewer, client_id=mia.pk, mode="hourly")
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        set_invoicing(viewer, client_id=mia.pk, mode="daily")

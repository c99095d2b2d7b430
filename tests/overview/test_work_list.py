"""Billing's work list: every count is that of the rows it opens, for every role, and with records closed to it."""

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.overview.queries import billing
from kinbook.overview.queries.billing import billing_page
from kinbook.people.commands.closing import close_record
from kinbook.people.commands.parties import add_organization
from kinbook.tenancy.viewer import Role
from kinbook.whopays.commands.arrange import end_arrangement
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from tests.cast import later, nov
from tests.money import pay
from tests.scheduling.visitor import Visitor

SEES_MONEY = ("owner", "manager", "entire", "fulllist", "kim", "biller")
LISTS = ("needs_payer", "uninvoiced", "overdue", "running_out", "credit")


@pytest.fixture
def work(cast, monkeypatch):
    """Some of everything, for Mia and Leo of Dr Kim's and Theo of Dr Novak's, who have a parent in common."""
    monkeypatch.setattr(billing, "PAGE", 2)
    monkeypatch.setattr(billing, "FEW", 1)
    with cast.as_("owner") as viewer:
        agency = add_organization(viewer, name="County Agency", kind="agency")
        for place, (name, clinician) in enumerate((("Mia", "kim"), ("Leo", "kim"), ("Theo", "entire"))):
            client = cast.child(viewer, name, clinician=clinician, parents=("ana", "ben"))
            draft = CoverageDraft(agency.pk, fixed_cents=20_00, max_sessions=5)
            add_coverage(viewer, client_id=client.pk, draft=draft)
            for day, ago in ((1, 120 - place), (2, 80), (3, 45), (4, 20)):
                charge = cast.book(viewer, client.pk, nov(day))
                issue_charges(viewer.at(later(-ago)), client_id=client.pk, charge_ids=[charge.pk])
            for day in (9, 10):
                cast.book(viewer, client.pk, nov(day))
            end_arrangement(viewer, client_id=client.pk, on=nov(12))
            for day in (13, 14):
                cast.book(viewer, client.pk, nov(day))
        for name, cents in (("ana", 5_00), ("ben", 7_00)):
            pay(cast, viewer, name, cents, parts=[])
    return cast


def opened(viewer, key):
    """Return every row that a list opens, page by page."""
    rows, start = [], 0
    while True:
        (group,) = billing_page(viewer, key, start).groups
        rows += group.rows
        if not group.next:
            return group, rows
        start = group.next


def agrees(viewer):
    """Compare each count and sum of the page with the rows behind it; returns the counts."""
    page = billing_page(viewer, "")
    found = {}
    for tile in page.tiles:
        keys = [group.key for group in billing_page(viewer, tile.key).groups]
        rows = [row for key in keys for row in opened(viewer, key)[1]]
        assert len(rows) == tile.count, tile
        if tile.cents is not None:
            assert sum(row.cents or 0 for row in rows) == tile.cents, tile
        for key in keys:
            group, some = opened(viewer, key)
            assert (group.count, len({(row.url, row.why, row.cents) for row in some})) == (len(some), len(some)), key
        found[tile.key] = tile.count
    for group in page.groups:
        assert group.count == opened(viewer, group.key)[0].count
    assert page.things == sum(count for key, count in found.items() if key != "uninvoiced")
    assert sum(cents for _, cents in page.ageing) == next(tile.cents for tile in page.tiles if tile.key == "overdue")
    return found


@pytest.mark.parametrize("role", SEES_MONEY)
def test_every_count_is_that_of_its_rows(work, role):
    with work.as_(role) as viewer:
        found = agrees(viewer)
    everybody = role not in {"kim", "fulllist"}
    clients = {"kim": 2, "fulllist": 0}.get(role, 3)
    assert found["needs_payer"] == 2 * clients
    assert found["overdue"] == 8 * clients
    assert found["running_out"] == clients
    assert ("credit" in found) == everybody


@pytest.mark.parametrize("role", ["owner", "manager", "biller", "entire"])
def test_with_a_record_closed_every_count_is_still_that_of_its_rows(work, role):
    with work.as_("kim") as viewer:
        close_record(
            viewer,
            client_id=work.clients["mia"],
            kind="all_but_named",
            reason="A colleague's child",
            member_ids=[work.members["kim"]],
        )
    with work.as_(role) as viewer:
        found = agrees(viewer)
        assert found["needs_payer"] == 4
        assert found["running_out"] == 2


def test_who_sees_no_money_sees_no_list(work):
    for role in ("supervisor", "basic", "scheduler"):
        assert Visitor(work, role).get("/billing/").status_code == 403


def test_each_row_has_its_next_step(work):
    biller = Visitor(work, "biller")
    words = {
        "needs_payer": "Choose payer",
        "uninvoiced": "Create invoice",
        "overdue": "Send reminder",
        "running_out": "Renew",
        "credit": "Apply",
    }
    for key, verb in words.items():
        assert verb in biller.get(f"/billing/?show={key}").content.decode(), key
    shown = biller.get("/billing/").content.decode()
    assert "need a hand today" in shown
    assert "Overdue over 90 days" in shown
    for odd in ("?show=uninvoiced&from=999999", "?show=nothing&from=-1", "?show=overdue_91&from=x"):
        assert biller.get(f"/billing/{odd}").status_code == 200


def test_the_roles_of_this_test_are_all_there_are():
    assert {*SEES_MONEY, "supervisor", "basic", "scheduler"} == {
        {"clinician_entire": "entire", "clinician_full_list": "fulllist", "clinician_billing": "kim"}.get(
            role.value, role.value.replace("clinician_", "")
        )
        for role in Role
    }

"""A closed record is not there for others: not at any address, in no list, search, calendar, export, count or run."""

from dataclasses import replace

import pytest

from kinbook.access.actions import Action
from kinbook.access.models import Closed, Restriction
from kinbook.access.policy import Rights, clients_in_reach, may, require_all, require_practice
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import advance_run, start_run, stop_run_for_void
from kinbook.invoices.models import InvoiceLine, RunStep
from kinbook.ledger.journal import entries_visible_to, with_lines
from kinbook.overview.queries.billing import billing_page
from kinbook.payments.queries.listing import payment_list
from kinbook.people.commands.clean import PersonDraft
from kinbook.people.commands.clients import ContactDraft, new_contact
from kinbook.people.commands.parties import new_person
from kinbook.people.models import Client
from kinbook.team.commands.members import change_member
from kinbook.team.queries import viewer_of
from kinbook.tenancy.refused import Forbidden
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.whopays.commands.arrange import end_arrangement
from tests.access.closing import close, grant, open_in_emergency
from tests.access.rights import ROLES
from tests.cast import NOW, later, nov
from tests.money import pay


def listed(viewer, action):
    return set(Client.objects.filter(clients_in_reach(viewer, action, "pk")).values_list("pk", flat=True))


@pytest.fixture
def two(cast):
    """Mia is Dr Kim's, Zoe Dr Novak's."""
    with cast.as_("owner") as viewer:
        return cast.child(viewer).pk, cast.child(viewer, "Zoe", clinician="entire").pk


def finders(cast, client_id, now=NOW):
    """Who may open a record: asked of the one, of the list, and of the rights on its page."""
    found = set()
    for name in ROLES:
        with cast.as_(name, now) as viewer:
            answer = may(viewer, Action.CLIENT_OPEN, client_id)
            assert answer is (client_id in listed(viewer, Action.CLIENT_OPEN)), name
            assert Rights(viewer, client_id).may(Action.CLIENT_OPEN) is answer or not answer, name
            found |= {name} if answer else set()
    return found


def test_closed_to_administrative_roles_leaves_it_to_those_who_treat(cast, two):
    mia, zoe = two
    assert finders(cast, mia) == {"owner", "manager", "entire", "biller", "scheduler", "kim"}
    close(cast, mia, kind=Closed.ADMINISTRATIVE)
    assert finders(cast, mia) == {"entire", "kim"}
    assert finders(cast, zoe) == {"owner", "manager", "entire", "biller", "scheduler"}


def test_an_administrative_role_closes_it_to_a_clinician_who_does_not_treat_them(cast, two):
    with cast.as_("owner") as viewer:
        for name in ("entire", "kim"):
            role = "clinician_entire" if name == "entire" else "clinician_billing"
            change_member(viewer, member_id=cast.members[name], fields={}, roles=[role, "manager"])
    close(cast, two[0], kind=Closed.ADMINISTRATIVE)
    assert finders(cast, two[0]) == {"kim"}


def test_who_is_named_keeps_what_their_roles_give(cast, two):
    close(cast, two[0], "biller", "basic")
    assert finders(cast, two[0]) == {"biller"}


def test_a_restriction_ends_on_its_date(cast, two):
    close(cast, two[0], "kim")
    with cast.as_("owner"):
        Restriction.objects.update(until=later(2).date())
    assert finders(cast, two[0], later(1)) == {"kim"}
    assert "owner" in finders(cast, two[0], later(2))


def test_an_emergency_opens_the_record_for_its_hours_and_to_an_owner_alone(cast, two):
    close(cast, two[0], "kim")
    for name in ("owner", "manager"):
        open_in_emergency(cast, name, two[0])
    assert finders(cast, two[0]) == {"kim", "owner"}
    assert finders(cast, two[0], later(1)) == {"kim"}


def test_an_emergency_reaches_where_the_role_reaches_its_own_clients(cast, two):
    open_in_emergency(cast, "owner", two[0])
    with cast.as_("owner") as viewer:
        assert may(viewer, Action.CLINICAL_SEE, two[0])
        assert listed(viewer, Action.CLINICAL_SEE) == {two[0]}
        assert Rights(viewer, two[0]).may(Action.CLINICAL_SEE)
        assert not Rights(viewer, two[1]).may(Action.CLINICAL_SEE)


def test_the_rights_of_a_page_know_of_closed_records(cast, two):
    close(cast, two[0], "kim")
    with cast.as_("owner") as viewer:
        assert not Rights(viewer, two[0]).may(Action.CLIENT_EDIT)


def test_a_permission_on_top_opens_what_it_says_to_whom_it_says_until_it_ends(cast, two):
    grant(cast, "manager", Action.CLINICAL_SEE, "all", until=later(3).date())
    grant(cast, "basic", Action.AMOUNTS_SEE, "own")
    grant(cast, "biller", Action.CLIENT_EDIT, "all", starts_on=later(1).date())
    with cast.as_("manager") as viewer:
        assert listed(viewer, Action.CLINICAL_SEE) == set(two)
        assert not may(replace(viewer, read_only=True), Action.CLIENT_EDIT)
    with cast.as_("manager", later(3)) as viewer:
        assert not may(viewer, Action.CLINICAL_SEE)
    with cast.as_("basic") as viewer:
        assert may(viewer, Action.AMOUNTS_SEE)
        assert not may(viewer, Action.AMOUNTS_SEE, two[0])
    with cast.as_("biller") as viewer:
        assert not may(viewer, Action.CLIENT_EDIT, two[0])
    with cast.as_("biller", later(1)) as viewer:
        assert may(viewer, Action.CLIENT_EDIT, two[0])


def test_what_wants_the_whole_practice_is_refused_while_a_record_is_closed(cast, two):
    close(cast, two[0], "kim")
    with cast.as_("biller") as viewer:
        require_practice(viewer, Action.RUN_VOID, [two[1]])
        for refused in (
            lambda: require_all(viewer, Action.JOURNAL_SEE),
            lambda: require_practice(viewer, Action.RUN_VOID, two),
            lambda: require_practice(viewer, Action.CLIENT_EDIT),
        ):
            with pytest.raises(Forbidden):
                refused()


def test_a_viewer_is_still_one_statement(cast, two, django_assert_num_queries):
    close(cast, two[0], "kim", "biller")
    open_in_emergency(cast, "owner", two[0])
    identity = Identity(cast.practice_id, ViewerKind.MEMBER, cast.members["owner"])
    with acting_as(identity), django_assert_num_queries(1):
        viewer = viewer_of(identity, now=NOW)
    assert (viewer.closed, viewer.opened) == ({two[0]}, {two[0]})


def test_billing_counts_and_lists_leave_it_out(cast, two):
    mia, zoe = two
    with cast.as_("owner") as viewer:
        for client in two:
            billed, _ = cast.book(viewer, client, nov(2)), cast.book(viewer, client, nov(9))
            issue_charges(viewer.at(later(-60)), client_id=client, charge_ids=[billed.pk])
        for client, day in ((mia, 10), (zoe, 11)):
            end_arrangement(viewer, client_id=client, on=nov(10))
            cast.book(viewer, client, nov(day))
    with cast.as_("biller") as viewer:
        before = figures(viewer)
    close(cast, mia, "kim")
    with cast.as_("biller") as viewer:
        assert figures(viewer) == {key: (count // 2, cents // 2) for key, (count, cents) in before.items()}
        for shown in ("needs_payer", "uninvoiced", "overdue"):
            (group,) = billing_page(viewer, shown).groups
            assert {row.client.pk for row in group.rows} == {zoe}
            assert len(group.rows) == group.count


def figures(viewer):
    found = {tile.key: (tile.count, tile.cents) for tile in billing_page(viewer, "").tiles}
    return {key: found[key] for key in ("needs_payer", "uninvoiced", "overdue")}


def test_credit_of_who_pays_for_it_alone_is_not_there(cast, two):
    mia, _ = two
    with cast.as_("owner") as viewer:
        cast.people["gil"] = new_person(viewer, PersonDraft(first_name="Gil", last_name="Reed")).pk
        link = ContactDraft(relationship="grandparent", party_id=cast.people["gil"])
        new_contact(viewer, Client.objects.get(pk=mia), link, position=9)
        for payer, cents in (("gil", 30_00), ("ana", 20_00)):
            pay(cast, viewer, payer, cents)
    close(cast, mia, "kim")
    with cast.as_("biller") as viewer:
        (group,) = billing_page(viewer, "credit").groups
        assert [(row.party.pk, row.cents) for row in group.rows] == [(cast.people["ana"], 20_00)]
        assert (group.count, group.cents) == (1, 20_00)
        seen = entries_visible_to(viewer)
        assert {line.payer_id for each in with_lines(viewer, seen) for line in each.lines} == {cast.people["ana"]}
        assert {row.payment.payer_id for row in payment_list(viewer)[0]} == {cast.people["ana"]}


def test_a_run_skips_it_also_when_it_was_closed_after_the_run_began(cast, two):
    mia, zoe = two
    with cast.as_("owner") as viewer:
        for client in two:
            cast.book(viewer, client, nov(9))
    with cast.as_("biller") as viewer:
        run = start_run(viewer, through=nov(18))
    close(cast, mia, "kim")
    with cast.as_("biller") as viewer:
        while advance_run(viewer, run_id=run.pk):
            pass
        after = start_run(viewer, through=nov(18))
        assert not RunStep.objects.filter(run=after).exists()
    with cast.as_("owner"):
        assert set(InvoiceLine.objects.values_list("client_id", flat=True)) == {zoe}


def test_a_run_with_an_invoice_of_it_is_not_voided_by_who_may_not_see_that(cast, two):
    with cast.as_("owner") as viewer:
        cast.book(viewer, two[0], nov(9))
        run = start_run(viewer, through=nov(18))
        while advance_run(viewer, run_id=run.pk):
            pass
    close(cast, two[0], "kim")
    with cast.as_("biller") as viewer, pytest.raises(Forbidden, match="closed to you"):
        stop_run_for_void(viewer, run=run)

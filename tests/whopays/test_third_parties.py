"""Third parties on screens and through the API: changed, ended, taken out; what is left; a warning before it is nothing."""

from datetime import timedelta

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.practice.commands import change_practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.whopays.commands.cover import (
    CoverageDraft,
    add_coverage,
    change_coverage,
    end_coverage,
    remove_coverage,
)
from kinbook.whopays.models import Coverage, Share
from kinbook.whopays.queries.coverages import (
    coverages_of,
    running_out,
    runs_out_with,
)
from tests.cast import TODAY, nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor
from tests.whopays.test_coverages import cover, school, shares


def left(viewer, client):
    row = coverages_of(viewer, client)[0]
    return row.used_sessions, row.left_sessions, row.used_cents, row.left_cents


def test_what_is_left_counts_what_happened_and_not_what_is_booked(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), fixed_cents=80_00, max_sessions=5, max_cents=400_00)
        for day, status in ((2, "show"), (4, "show"), (5, "cancelled"), (25, "scheduled")):
            cast.book(viewer, mia.pk, nov(day), status=status)
        assert left(viewer, mia) == (2, 3, 160_00, 240_00)
        assert coverages_of(viewer, mia)[0].booked_sessions == 1


def test_a_change_decides_anew_what_is_not_invoiced(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = cover(viewer, mia, school(viewer), fixed_cents=80_00)
        first = cast.book(viewer, mia.pk, nov(2))
        cast.book(viewer, mia.pk, nov(4))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[first.pk])
        draft = CoverageDraft(row.organization_id, percent=2500, authorization=" A-77 ", max_sessions=4)
        change_coverage(viewer, coverage=row, draft=draft)
        assert shares(nov(2)) == [("Lincoln School", 80_00), ("Ana", 40_00)]
        assert shares(nov(4)) == [("Lincoln School", 30_00), ("Ana", 90_00)]
        assert Coverage.objects.get().authorization == "A-77"
        promises_hold(cast)


def test_its_organization_stays_and_of_two_editors_the_second_is_told(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = cover(viewer, mia, school(viewer))
        with pytest.raises(Invalid):
            change_coverage(viewer, coverage=row, draft=CoverageDraft(school(viewer, "Other").pk))
        draft = CoverageDraft(row.organization_id, max_sessions=3)
        change_coverage(viewer, coverage=row, draft=draft, version=1)
        with pytest.raises(Conflict):
            change_coverage(viewer, coverage=row, draft=draft, version=1)


def test_it_moves_in_the_order_in_which_they_take(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer, "First"), fixed_cents=100_00)
        second = cover(viewer, mia, school(viewer, "Second"), percent=5000)
        cast.book(viewer, mia.pk, nov(2))
        change_coverage(viewer, coverage=second, draft=CoverageDraft(second.organization_id, percent=5000, position=0))
        assert shares() == [("Second", 60_00), ("First", 60_00)]


def test_ended_it_covers_nothing_from_that_day_and_what_was_invoiced_stays(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = cover(viewer, mia, school(viewer), starts_on=nov(1))
        first = cast.book(viewer, mia.pk, nov(2))
        cast.book(viewer, mia.pk, nov(9))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[first.pk])
        end_coverage(viewer, coverage=row, on=nov(5))
        assert shares(nov(9)) == [("Ana", 120_00)]
        assert shares(nov(2)) == [("Lincoln School", 120_00)]
        with pytest.raises(Invalid):
            end_coverage(viewer, coverage=row, on=nov(1))
        promises_hold(cast)


def test_entered_by_mistake_it_is_taken_out_unless_something_was_invoiced(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = cover(viewer, mia, school(viewer))
        booked = cast.book(viewer, mia.pk, nov(2))
        remove_coverage(viewer, coverage=row)
        assert shares() == [("Ana", 120_00)]
        with pytest.raises(Unknown):
            remove_coverage(viewer, coverage=row)
        again = cover(viewer, mia, school(viewer, "Again"))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[booked.pk])
        with pytest.raises(Conflict):
            remove_coverage(viewer, coverage=again)
        promises_hold(cast)


def test_who_may_not_change_who_pays_changes_no_third_party(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = cover(viewer, mia, school(viewer))
    with cast.as_("scheduler") as viewer:
        for deed in (
            lambda: change_coverage(viewer, coverage=row, draft=CoverageDraft(row.organization_id)),
            lambda: end_coverage(viewer, coverage=row, on=TODAY),
            lambda: remove_coverage(viewer, coverage=row),
        ):
            with pytest.raises(Forbidden):
                deed()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"max_sessions": 5}, ""),
        ({"max_sessions": 4}, "2 sessions left"),
        ({"max_sessions": 3}, "1 session left"),
        ({"max_sessions": 2}, "used up: the family pays from here on"),
        ({"max_cents": 250_00}, ""),
        ({"max_cents": 177_77}, "17.77 left"),
        ({"max_cents": 177_80}, ""),
        ({"max_cents": 160_00}, "used up: the family pays from here on"),
        ({"until": TODAY + timedelta(days=31)}, ""),
        ({"until": TODAY + timedelta(days=30)}, "ends on 18 December 2026"),
        ({"until": TODAY}, ""),
        ({"starts_on": TODAY + timedelta(days=1), "max_sessions": 1}, ""),
        ({"max_sessions": 4, "until": nov(30)}, "2 sessions left, ends on 30 November 2026"),
    ],
)
def test_it_warns_before_it_runs_out_and_the_list_holds_exactly_those_that_warn(cast, terms, words):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), fixed_cents=80_00, **terms)
        for day in (2, 4):
            cast.book(viewer, mia.pk, nov(day))
        assert coverages_of(viewer, mia)[0].warning == words
        rows, count = running_out(viewer)
        assert [row.warning for row in rows] == ([words] if words else [])
        assert count == len(rows)


def test_the_practice_says_from_when_on_it_is_warned(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), max_sessions=10)
        assert running_out(viewer) == ([], 0)
        change_practice(viewer, fields={"coverage_sessions": 10})
        assert [row.warning for row in running_out(viewer)[0]] == ["10 sessions left"]


def test_who_books_is_told_what_the_booking_leaves(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), max_sessions=4)
        for day in (20, 21):
            cast.book(viewer, mia.pk, nov(day), status="scheduled")

        def told():
            return runs_out_with(viewer, mia, on=nov(20), service_id=cast.service_id)

        assert told() == ["Lincoln School: after what is booked it covers 2 more."]
        for day in (22, 23, 24):
            cast.book(viewer, mia.pk, nov(day), status="scheduled")
        assert told() == ["Lincoln School: with what is booked it is used up."]


def test_others_clients_and_closed_records_are_not_in_the_list(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, clinician="entire")
        cover(viewer, mia, school(viewer), max_sessions=1)
        assert running_out(viewer)[1] == 1
    with cast.as_("kim") as viewer:
        assert running_out(viewer) == ([], 0)


def page_of(cast, name="biller"):
    visitor = Visitor(cast, name)
    return lambda path, **data: visitor.post(path, data) if data else visitor.get(path)


def test_a_biller_adds_a_new_school_and_sees_what_is_left_everywhere(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        booked = cast.book(viewer, mia.pk, nov(2))
    page = page_of(cast)
    edit = f"/clients/{mia.pk}/edit/billing/"
    sent = {"organization": "new", "new_name": "Lincoln School", "new_kind": "school", "covers": "fixed"}
    sent |= {
        "fixed_cents": "80",
        "max_sessions": "3",
        "starts_on": "2026-11-01",
        "authorization": "A-77",
        "position": "0",
    }
    assert page(f"{edit}third-parties/new/", **sent).status_code in {204, 302}
    with cast.as_("owner"):
        assert Share.objects.filter(source="coverage").get().cents == 80_00
        row = Coverage.objects.get()
    for path in (edit, f"/clients/{mia.pk}/", f"/clients/{mia.pk}/billing/"):
        shown = page(path).content.decode()
        assert "2 of 3 sessions left" in shown, path
        assert "Lincoln School" in shown
    card = Visitor(cast, "biller").get(f"/calendar/{booked.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "2 of 3 sessions left" in card
    dialog = page(f"{edit}third-parties/{row.pk}/").content.decode()
    assert 'value="A-77"' in dialog
    ended = page(f"{edit}third-parties/{row.pk}/end/", ends_on="2026-11-18")
    assert ended.status_code in {204, 302}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"organization": "new", "new_name": ""}, "Enter its name."),
        ({"covers": "percent", "percent": ""}, "Enter the percentage."),
        ({"covers": "percent", "percent": "a lot"}, "A percentage is a number"),
        ({"covers": "percent", "percent": "120"}, "at most 100"),
        ({"covers": "fixed", "fixed_cents": "1.234"}, "amount"),
        ({"max_sessions": "0"}, "greater than or equal to 1"),
        ({"until": "2026-11-01"}, "ends after the day it begins"),
        ({"position": "19"}, "19"),
        ({"organization": "nobody"}, "nobody"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_kept(cast, wrong, said):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        known = school(viewer)
        add_coverage(viewer, client_id=mia.pk, draft=CoverageDraft(known.pk))
    sent = {"organization": str(known.pk), "covers": "all", "starts_on": "2026-11-01", "position": "0", **wrong}
    answer = Visitor(cast, "biller").post(f"/clients/{mia.pk}/edit/billing/third-parties/new/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_late_fee_goes_to_whoever_had_the_child_that_day_whatever_the_rule_is(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
    ana, ben = (str(cast.people[name]) for name in ("ana", "ben"))
    edit = f"/clients/{mia.pk}/edit/billing/"
    sent = {"mode": "single", "single": ana, "from": "2026-11-01", "anchor": "2026-11-02"}
    sent |= {"cycle": f'["{ana}", "{ben}"]', "dates": "{}"}
    sent |= {"exception-0-what": "kind:missed", "exception-0-rule": "custody day"}
    assert Visitor(cast, "biller").post(edit, sent).status_code in {204, 302}
    with cast.as_("owner") as viewer:
        for day, status in ((2, "show"), (3, "no_show"), (4, "no_show")):
            cast.book(viewer, mia.pk, nov(day), status=status)
        assert shares() == [("Ana", 120_00), ("Ben", 60_00), ("Ana", 60_00)]
    shown = Visitor(cast, "biller").get(edit).content.decode()
    assert '<option value="custody day" selected>' in shown

"""Arrangements: one at a time, from a date on, and what a new one does to those that stand."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kinbook.invoices.commands.issue import issue_charges
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.arrange import end_arrangement, read_agreement, set_arrangement
from kinbook.whopays.models import Arrangement, Charge, Share
from tests.cast import nov
from tests.money import promises_hold


def spans(client):
    rows = Arrangement.objects.filter(client=client)
    return sorted(((row.starts_on, row.until, row.rule["mode"]) for row in rows), key=lambda row: row[0] or date.min)


def payers(cast):
    names = {party: name for name, party in cast.people.items()}
    rows = Share.objects.order_by("on_date", "position").values_list("payer_id", flat=True)
    return [names[each] for each in rows]


def test_the_first_one_has_no_beginning(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        assert spans(mia) == [(None, None, "single")]


def test_a_new_one_ends_the_one_it_begins_inside(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for day in (14, 15, 16):
            cast.book(viewer, mia.pk, nov(day))
        cast.arrange(viewer, mia.pk, "by_appointment", ["ben", "ana"], starts_on=nov(15))
        assert spans(mia) == [(None, nov(15), "single"), (nov(15), None, "by_appointment")]
        assert payers(cast) == ["ana", "ben", "ana"]
        promises_hold(cast)


def test_one_with_an_end_lets_the_old_one_go_on_after_it(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "single", ["ben"], starts_on=nov(10), until=nov(12))
        assert spans(mia) == [(None, nov(10), "single"), (nov(10), nov(12), "single"), (nov(12), None, "single")]
        for day in (9, 10, 11, 12):
            cast.book(viewer, mia.pk, nov(day))
        assert payers(cast) == ["ana", "ben", "ben", "ana"]


def test_turns_go_on_over_the_gap_that_another_made(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        cast.arrange(viewer, mia.pk, "single", ["ben"], starts_on=nov(10), until=nov(12))
        for day in (9, 10, 12):
            cast.book(viewer, mia.pk, nov(day))
        assert payers(cast) == ["ana", "ben", "ben"]


def test_the_same_start_replaces_and_fixed_charges_stay(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in (2, 4)]
        issue_charges(viewer, client_id=mia.pk, charge_ids=charges[:1])
        cast.arrange(viewer, mia.pk, "single", ["ben"])
        assert len(spans(mia)) == 1
        assert payers(cast) == ["ana", "ben"]
        promises_hold(cast)


def test_a_later_one_is_never_swallowed(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "single", ["ben"], starts_on=nov(20))
        with pytest.raises(Conflict, match="begins on 20 November 2026 already"):
            cast.arrange(viewer, mia.pk, "by_appointment", starts_on=nov(10))
        assert len(spans(mia)) == 2
        cast.arrange(viewer, mia.pk, "by_appointment", starts_on=nov(10), until=nov(20))
        assert len(spans(mia)) == 3


def test_ended_nobody_pays_from_that_day(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for day in (9, 10):
            cast.book(viewer, mia.pk, nov(day))
        end_arrangement(viewer, client_id=mia.pk, on=nov(10))
        assert payers(cast) == ["ana"]
        assert Charge.objects.get(on_date=nov(10)).needs == "No arrangement in force on 10 November 2026"
        promises_hold(cast)


@pytest.mark.parametrize(("carry_over", "next_one"), [(True, "ben"), (False, "ana")])
def test_turns_are_carried_over_where_the_user_says_so(cast, carry_over, next_one):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        cast.book(viewer, mia.pk, nov(2))
        cast.arrange(viewer, mia.pk, "by_appointment", starts_on=nov(3), carry_over=carry_over)
        cast.book(viewer, mia.pk, nov(4))
        assert payers(cast) == ["ana", next_one]


def test_turns_are_carried_over_a_gap(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment", until=nov(3))
        cast.book(viewer, mia.pk, nov(2))
        cast.arrange(viewer, mia.pk, "by_appointment", starts_on=nov(9), carry_over=True)
        cast.book(viewer, mia.pk, nov(10))
        assert payers(cast) == ["ana", "ben"]


def test_a_cap_is_on_somebody_who_pays(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        stranger = [{"payer": str(cast.members["kim"]), "cents": 5, "excess_to": str(cast.people["ben"])}]
        with pytest.raises(Invalid) as refused:
            cast.arrange(viewer, mia.pk, "single", ["ana"], caps=stranger)
        assert set(refused.value.problems) == {"rule"}


def test_an_exception_by_kind_and_by_service_has_a_rule_of_its_own(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        late = {"kind": "missed", "rule": cast.rule("single", ["ben"])}
        cast.arrange(viewer, mia.pk, "single", ["ana"], exceptions=[late])
        cast.book(viewer, mia.pk, nov(2))
        cast.book(viewer, mia.pk, nov(3), status="late_cancelled")
        assert list(Share.objects.order_by("on_date").values_list("payer_id", "cents")) == [
            (cast.people["ana"], 120_00),
            (cast.people["ben"], 60_00),
        ]


def test_who_is_no_contact_cannot_be_named(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, parents=("ana",))
        cast.child(viewer, "Leo", parents=("ben",))
        with pytest.raises(Invalid) as refused:
            cast.arrange(viewer, mia.pk, "single", ["ben"])
        assert "rule" in refused.value.problems


def test_an_exception_for_a_service_that_is_none_is_refused(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for service in ("nothing", "00000000-0000-0000-0000-000000000000"):
            odd = {"service_id": service, "rule": cast.rule("single", ["ana"])}
            with pytest.raises(Invalid) as refused:
                cast.arrange(viewer, mia.pk, "single", ["ana"], exceptions=[odd])
            assert "exceptions" in refused.value.problems


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"mode": "single", "payers": []},
        {"mode": "percent", "payers": ["a", "b"], "weights": [5000, 4000]},
        {"mode": "by_week", "payers": ["a", "b"]},
        {"mode": "custody", "payers": ["a"], "anchor": "2026-13-01", "cycle": ["a"]},
        {"mode": "amount", "payers": ["a", "b"], "amounts": {"a": -1}},
        [],
        None,
        "single",
    ],
)
def test_what_is_no_rule_is_told_beside_it(rule):
    with pytest.raises(Invalid) as refused:
        read_agreement(rule, starts_on=None)
    assert set(refused.value.problems) == {"rule"}


def test_it_ends_after_it_begins():
    with pytest.raises(Invalid) as refused:
        read_agreement({"mode": "single", "payers": ["a"]}, starts_on=nov(3), until=nov(3))
    assert set(refused.value.problems) == {"until"}


@pytest.mark.parametrize("name", ["scheduler", "basic", "supervisor"])
def test_who_may_not_change_who_pays_is_refused(cast, name):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, clinician="basic")
    with cast.as_(name) as viewer:
        agreement = read_agreement(cast.rule("single", ["ben"]), starts_on=None)
        with pytest.raises(Forbidden):
            set_arrangement(viewer, client_id=mia.pk, agreement=agreement)
        with pytest.raises(Forbidden):
            end_arrangement(viewer, client_id=mia.pk, on=nov(2))


def test_the_database_itself_keeps_two_from_overlapping(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        row = Arrangement.objects.get()
        row.pk, row.starts_on = row.client_id, nov(3)
        with pytest.raises(IntegrityError, match="one_arrangement_at_a_time"), transaction.atomic():
            row.save(force_insert=True)
        assert spans(mia) == [(None, None, "single")]


def test_the_database_itself_keeps_shares_adding_up(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        mia = lasting_cast.child(viewer)
        lasting_cast.book(viewer, mia.pk, nov(2))
    with pytest.raises(IntegrityError, match="do not add up"), lasting_cast.as_("owner"):
        Share.objects.update(cents=119_99)

"""Third parties first: in their order, from a date on, within limits; what is left goes to the family."""

from uuid import uuid4

import pytest

from kinbook.people.commands.parties import add_organization
from kinbook.tenancy.refused import Forbidden, Invalid, Unknown
from kinbook.whopays.commands.cover import MOST, CoverageDraft, add_coverage
from kinbook.whopays.models import Coverage, Share
from tests.cast import nov
from tests.money import promises_hold


def school(viewer, name="Lincoln School"):
    return add_organization(viewer, name=name, kind="school")


def cover(viewer, client, organization, **terms):
    return add_coverage(viewer, client_id=client.pk, draft=CoverageDraft(organization.pk, **terms))


def shares(day=None):
    rows = Share.objects.order_by("on_date", "position").select_related("payer")
    if day:
        rows = rows.filter(on_date=day)
    return [(each.payer.short_name, each.cents) for each in rows]


def test_11_a_school_for_two_sessions_then_the_parents(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "percent", weights=[5000, 5000])
        cover(viewer, mia, school(viewer), fixed_cents=80_00, max_sessions=2)
        for day in (2, 4, 6):
            cast.book(viewer, mia.pk, nov(day))
        paid = [("Lincoln School", 80_00), ("Ana", 20_00), ("Ben", 20_00)]
        assert shares() == [*paid, *paid, ("Ana", 60_00), ("Ben", 60_00)]
        promises_hold(cast)


def test_two_cover_in_their_order(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer, "Second"), fixed_cents=100_00)
        cover(viewer, mia, school(viewer, "First"), percent=5000, position=0)
        cast.book(viewer, mia.pk, nov(2))
        assert shares() == [("First", 60_00), ("Second", 60_00)]
        assert list(Coverage.objects.order_by("position").values_list("position", flat=True)) == [0, 1]


def test_it_holds_on_its_dates_for_its_services_and_for_missed_fees_where_it_says_so(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), starts_on=nov(4), until=nov(6), service_ids=(cast.service_id,))
        for day, status in ((3, "show"), (4, "show"), (5, "no_show"), (6, "show")):
            cast.book(viewer, mia.pk, nov(day), status=status)
        assert shares() == [("Ana", 120_00), ("Lincoln School", 120_00), ("Ana", 60_00), ("Ana", 120_00)]


def test_running_out_in_the_middle_of_a_charge_it_gives_what_it_has_left(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cover(viewer, mia, school(viewer), max_cents=150_00)
        for day in (2, 4):
            cast.book(viewer, mia.pk, nov(day))
        assert shares(nov(4)) == [("Lincoln School", 30_00), ("Ana", 90_00)]
        promises_hold(cast)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"percent": 0}, "percent"),
        ({"percent": 10001}, "percent"),
        ({"fixed_cents": 0}, "fixed_cents"),
        ({"percent": 5000, "fixed_cents": 1}, "fixed_cents"),
        ({"max_sessions": 0}, "max_sessions"),
        ({"max_cents": -1}, "max_cents"),
        ({"starts_on": nov(3), "until": nov(3)}, "until"),
        ({"authorization": "x" * 101}, "authorization"),
        ({"service_ids": (uuid4(),)}, "service_ids"),
        ({"position": -1}, "position"),
    ],
)
def test_terms_that_cannot_be_are_told_beside_their_field(cast, terms, field):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        with pytest.raises(Invalid) as refused:
            cover(viewer, mia, school(viewer), **terms)
        assert set(refused.value.problems) == {field}
        assert not Coverage.objects.exists()


def test_a_parent_is_no_third_party_and_a_client_of_nowhere_has_none(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for odd in (cast.people["ana"], uuid4()):
            with pytest.raises(Invalid) as refused:
                add_coverage(viewer, client_id=mia.pk, draft=CoverageDraft(odd))
            assert set(refused.value.problems) == {"organization_id"}
        with pytest.raises(Unknown):
            add_coverage(viewer, client_id=uuid4(), draft=CoverageDraft(school(viewer).pk))


def test_there_is_an_end_to_their_number_and_to_who_may(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        one = school(viewer)
        for _ in range(MOST):
            cover(viewer, mia, one)
        with pytest.raises(Invalid):
            cover(viewer, mia, one)
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        cover(viewer, mia, one)

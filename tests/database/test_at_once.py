"""Dates that may not overlap do not, though six come at the same moment."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connections

from kinbook.access.models import Assignment, RoleGrant, Supervision
from kinbook.people.models import Contact
from kinbook.tenancy.fields import new_id
from kinbook.whopays.models import Arrangement
from tests.cast import Cast

SIX = 6


def at_once(deed):
    """Do a deed in six threads at the same moment; return how many times it was done."""
    start, done, others = Barrier(SIX), [], []

    def one(place):
        start.wait()
        try:
            done.append(deed(place))
        except IntegrityError as refused:
            others.append(str(refused))
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=(place,)) for place in range(SIX)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("exclusion" in each for each in others), others
    return len(done)


@pytest.fixture
def mia(lasting_cast):
    """A child whose arrangement has ended long ago, and whose clinician is nobody."""
    with lasting_cast.as_("owner") as viewer:
        client = lasting_cast.child(viewer, clinician=None)
        Arrangement.objects.filter(client=client).update(starts_on=date(2020, 1, 1), until=date(2021, 1, 1))
        return client.pk


def arrangement(cast: Cast, client_id, place):
    return Arrangement(
        practice_id=cast.practice_id,
        client_id=client_id,
        starts_on=date(2026, 1, 1) + timedelta(days=place),
        until=date(2027, 1, 1) if place % 2 else None,
        rule={"mode": "single", "payers": [str(cast.people["ana"])]},
        counts_with=new_id(),
        set_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def primary(cast, client_id, place):
    member = list(cast.members.values())[place]
    day = date(2026, 1, 1) + timedelta(days=place)
    return Assignment(
        practice_id=cast.practice_id, client_id=client_id, member_id=member, is_primary=True, starts_on=day
    )


def role(cast, _client_id, place):
    member = cast.members["biller"]
    names = ("clinician_basic", "clinician_billing", "clinician_entire")
    return RoleGrant(
        practice_id=cast.practice_id, member_id=member, role=names[place % 3], starts_on=date(2026, 1, 1 + place)
    )


def supervision(cast, _client_id, place):
    return Supervision(
        practice_id=cast.practice_id,
        supervisor_id=list(cast.members.values())[place],
        supervisee_id=cast.members["scheduler"],
        starts_on=date(2026, 1, 1 + place),
    )


def contact(cast, client_id, place):
    return Contact(
        practice_id=cast.practice_id,
        client_id=client_id,
        party_id=cast.people["ana"],
        relationship="parent",
        starts_on=date(2026, 1, 1 + place),
    )


@pytest.mark.parametrize("row", [arrangement, primary, role, supervision, contact])
def test_of_six_that_overlap_one_is_kept(lasting_cast, mia, row):
    if row is contact:
        with lasting_cast.as_("owner"):
            Contact.objects.filter(client_id=mia).update(starts_on=date(2020, 1, 1), until=date(2021, 1, 1))

    def deed(place):
        with lasting_cast.as_("owner"):
            row(lasting_cast, mia, place).save(force_insert=True)

    assert at_once(deed) == 1


def test_six_that_follow_one_another_are_all_kept(lasting_cast, mia):
    def deed(place):
        with lasting_cast.as_("owner"):
            made = arrangement(lasting_cast, mia, place)
            made.until = made.starts_on + timedelta(days=1)
            made.save(force_insert=True)

    assert at_once(deed) == SIX

"""Clients are shared from and until a day, and what begins later stays when today's clinicians change."""

from datetime import timedelta

import pytest

from kinbook.access.actions import Action
from kinbook.access.models import Assignment
from kinbook.access.policy import may
from kinbook.audit.models import Entry
from kinbook.team.commands.clients import assign_clinicians, share_client
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import TODAY, later
from tests.scheduling.visitor import Visitor

SOON, END = TODAY + timedelta(days=2), TODAY + timedelta(days=4)


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer).pk


def share(cast, client_id, name="basic", by="kim", **days):
    with cast.as_(by) as viewer:
        return share_client(viewer, client_id=client_id, member_id=cast.members[name], **days)


def test_a_shared_client_is_theirs_in_these_days_alone(cast, mia):
    share(cast, mia, starts_on=SOON, until=END)
    for day, opens in ((0, False), (2, True), (3, True), (4, False)):
        with cast.as_("basic", later(day)) as viewer:
            assert may(viewer, Action.CLIENT_OPEN, mia) is opens, day
    with cast.as_("owner"):
        assert Entry.objects.get(action="client.shared").client_id == mia


def test_what_cannot_stand_is_refused(cast, mia):
    share(cast, mia, starts_on=SOON)
    with pytest.raises(Conflict):
        share(cast, mia)
    for wrong in ({"starts_on": TODAY - timedelta(days=1)}, {"until": TODAY}):
        with pytest.raises(Invalid):
            share(cast, mia, "fulllist", **wrong)
    with cast.as_("kim") as viewer, pytest.raises(Invalid):
        share_client(viewer, client_id=mia, member_id=cast.practice_id)
    for name in ("biller", "supervisor", "fulllist"):
        with pytest.raises(Forbidden):
            share(cast, mia, by=name)


def test_choosing_clinicians_today_leaves_what_begins_later(cast, mia):
    share(cast, mia, starts_on=SOON, until=END)
    with cast.as_("owner") as viewer:
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["entire"], shared_ids=[])
        assert Assignment.objects.filter(client_id=mia, member_id=cast.members["basic"], until=END).exists()
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["basic"], shared_ids=[])
        (row,) = Assignment.objects.filter(client_id=mia, member_id=cast.members["basic"])
        assert (row.is_primary, row.starts_on, row.until) == (True, TODAY, None)


def test_a_share_with_an_end_stays_when_it_is_chosen_again(cast, mia):
    share(cast, mia, until=END)
    with cast.as_("owner") as viewer:
        both = {"primary_id": cast.members["kim"], "shared_ids": [cast.members["basic"]]}
        assign_clinicians(viewer, client_id=mia, **both)
        (row,) = Assignment.objects.filter(client_id=mia, member_id=cast.members["basic"])
        assert row.until == END
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["kim"], shared_ids=[])
        assert not Assignment.objects.filter(client_id=mia, member_id=cast.members["basic"]).exists()


def test_sharing_on_the_page(cast, mia):
    kim = Visitor(cast, "kim")
    url = f"/clients/{mia}/access/share/"
    assert kim.dialog(url).status_code == 200
    body = {"member_id": cast.members["basic"], "until": "2036-12-01"}
    assert kim.post(url, {**body, "until": "2020-01-01"}).status_code == 422
    assert kim.post(url, body).status_code == 302
    assert kim.post(url, body).status_code == 422
    assert "Shared with them until 2036-12-01" in kim.get(f"/clients/{mia}/access/").content.decode()

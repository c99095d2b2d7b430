"""Who can be a client's primary clinician: whoever has a role that is more than billing and scheduling."""

import pytest

from kinbook.access.models import Assignment
from kinbook.people.commands.clients import change_client
from kinbook.team.commands.clients import assign_clinicians
from kinbook.team.commands.permissions import give_role
from kinbook.tenancy.refused import Invalid
from tests.cast import later
from tests.scheduling.visitor import Visitor

FRONT_DESK = ("biller", "scheduler")


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer).pk


def test_the_front_desk_is_not_offered(cast, mia):
    owner = Visitor(cast, "owner")
    for page in ("/clients/new/", f"/clients/{mia}/edit/clinicians/"):
        told = owner.get(page).content.decode()
        assert ("Dr June Kim" in told, "Eli Novak" in told) == (True, True)
        for name in FRONT_DESK:
            assert f'name="primary" value="{cast.members[name]}"' not in told, page
            assert f'<option value="{cast.members[name]}"' not in told, page
    told = owner.get(f"/clients/{mia}/edit/clinicians/").content.decode()
    assert "Sam Doyle is the primary clinician" not in told
    assert "Shared with Sam Doyle" in told


@pytest.mark.parametrize("name", FRONT_DESK)
def test_nor_taken(cast, mia, name):
    with cast.as_("owner") as viewer:
        for give in (
            lambda: assign_clinicians(viewer, client_id=mia, primary_id=cast.members[name], shared_ids=[]),
            lambda: change_client(viewer, client_id=mia, clinician_id=cast.members[name]),
            lambda: cast.child(viewer, "Leo", clinician=name),
        ):
            with pytest.raises(Invalid):
                give()
        assert Assignment.objects.get(client_id=mia).member_id == cast.members["kim"]


def test_who_has_another_role_too_or_is_to_have_one_is(cast, mia):
    with cast.as_("owner") as viewer:
        give_role(viewer, member_id=cast.members["biller"], role="supervisor")
        give_role(viewer, member_id=cast.members["scheduler"], role="clinician_basic", starts_on=later(7).date())
    told = Visitor(cast, "owner").get(f"/clients/{mia}/edit/clinicians/").content.decode()
    assert "Sam Doyle is the primary clinician" in told
    assert "Rosa Vega is the primary clinician" in told


def test_who_has_the_client_already_keeps_them(cast, mia):
    with cast.as_("owner") as viewer:
        Assignment.objects.filter(client_id=mia).update(member_id=cast.members["biller"])
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["biller"], shared_ids=[cast.members["entire"]])
        assert Assignment.objects.filter(client_id=mia).count() == 2


def test_a_new_practice_begins_where_its_first_client_is_entered(cast):
    owner = Visitor(cast, "owner")
    response = owner.get("/")
    assert response["Location"] == "/clients/"
    told = owner.get("/clients/").content.decode()
    assert all(step in told for step in ("Begin with your first client", "Import a file", "Services and fees"))
    assert "Import a file" not in Visitor(cast, "scheduler").get("/clients/").content.decode()
    assert Visitor(cast, "biller").get("/")["Location"] == "/billing/"
    with cast.as_("owner") as viewer:
        cast.child(viewer)
    assert owner.get("/")["Location"] == "/calendar/"
    assert "Begin with your first client" not in owner.get("/clients/?search=nobody").content.decode()

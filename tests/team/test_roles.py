"""Roles: given and taken, felt at the next request."""

import pytest

from kinbook.access.models import RoleGrant, Supervision
from kinbook.audit.models import Entry
from kinbook.team.commands.clients import assign_clinicians, set_supervisor
from kinbook.team.models import Member
from tests.cast import later
from tests.scheduling.visitor import Visitor


def change(cast, name, roles, by="owner", **more):
    with cast.as_("owner"):
        member = Member.objects.get(pk=cast.members[name])
    sent = {"first_name": member.first_name, "last_name": member.last_name, "title": member.title, "roles": roles}
    return Visitor(cast, by).post(f"/settings/team/{member.pk}/", {**sent, **more})


def held(cast, name):
    with cast.as_("owner"):
        return set(RoleGrant.objects.filter(member_id=cast.members[name], until=None).values_list("role", flat=True))


def test_a_new_role_opens_doors_at_the_next_request(cast):
    rosa = Visitor(cast, "scheduler")
    assert rosa.get("/billing/").status_code == 403
    assert change(cast, "scheduler", ["scheduler", "biller"]).status_code == 302
    assert rosa.get("/billing/").status_code == 200


def test_a_role_taken_closes_them_at_the_next_request(cast):
    sam = Visitor(cast, "biller")
    assert sam.get("/billing/").status_code == 200
    change(cast, "biller", ["scheduler"])
    assert sam.get("/billing/").status_code == 403


def test_a_role_taken_and_given_back_the_same_day_goes_on(cast):
    for roles in (["scheduler"], ["biller"], ["scheduler"], ["biller", "scheduler"]):
        assert change(cast, "biller", roles).status_code == 302
        assert held(cast, "biller") == set(roles)


def test_a_change_is_in_the_audit_log_with_the_roles(cast):
    change(cast, "biller", ["scheduler"])
    with cast.as_("owner"):
        entry = Entry.objects.filter(action="member.changed").latest("at")
        assert entry.details["roles"] == ["scheduler"]
        assert entry.subject_id == cast.members["biller"]


def test_the_practice_keeps_an_owner(cast):
    response = change(cast, "owner", ["manager"])
    assert response.status_code == 422
    assert "keeps an owner" in response.content.decode()
    assert held(cast, "owner") == {"owner"}


def test_nobody_removes_themselves_and_a_manager_removes_no_owner(cast):
    owner, manager = cast.members["owner"], cast.members["manager"]
    assert Visitor(cast, "owner").post(f"/settings/team/{owner}/leave/").status_code == 403
    assert Visitor(cast, "manager").post(f"/settings/team/{owner}/leave/").status_code == 403
    assert change(cast, "owner", ["owner"], by="manager").status_code == 403
    assert Visitor(cast, "owner").post(f"/settings/team/{manager}/leave/").status_code == 302


def test_the_second_of_two_editors_is_told(cast):
    assert change(cast, "kim", ["clinician_basic"], version="1").status_code == 302
    response = change(cast, "kim", ["clinician_entire"], version="1")
    assert response.status_code == 422
    assert "Somebody else changed this" in response.content.decode()
    assert held(cast, "kim") == {"clinician_basic"}


@pytest.mark.parametrize("supervisor", ["x", "00000000-0000-0000-0000-000000000000", "self"])
def test_a_supervisor_nobody_can_be_changes_nothing_at_all(cast, supervisor):
    chosen = str(cast.members["kim"]) if supervisor == "self" else supervisor
    assert change(cast, "kim", ["clinician_basic"], supervisor=chosen).status_code == 422
    assert held(cast, "kim") == {"clinician_billing"}


def test_saving_again_leaves_the_supervisor_as_they_are(cast):
    with cast.as_("owner", later(-30)) as viewer:
        set_supervisor(viewer, supervisee_id=cast.members["kim"], supervisor_id=cast.members["supervisor"])
    change(cast, "kim", ["clinician_billing"], supervisor=str(cast.members["supervisor"]))
    with cast.as_("owner"):
        (row,) = Supervision.objects.all()
        assert row.until is None


def test_a_supervisor_follows_their_supervisee_and_no_longer(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        set_supervisor(viewer, supervisee_id=cast.members["kim"], supervisor_id=cast.members["supervisor"])
    sun = Visitor(cast, "supervisor")
    assert sun.get(f"/clients/{mia.pk}/").status_code == 200
    with cast.as_("owner") as viewer:
        set_supervisor(viewer, supervisee_id=cast.members["kim"], supervisor_id=None)
    assert sun.get(f"/clients/{mia.pk}/").status_code == 404


def test_a_client_given_to_somebody_else_is_out_of_reach_at_once(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
    kim = Visitor(cast, "kim")
    assert kim.get(f"/clients/{mia.pk}/").status_code == 200
    with cast.as_("owner") as viewer:
        assign_clinicians(viewer, client_id=mia.pk, primary_id=cast.members["basic"], shared_ids=[])
    assert kim.get(f"/clients/{mia.pk}/").status_code == 404


def test_one_who_has_left_has_no_page(cast):
    visitor = Visitor(cast, "owner")
    url = f"/settings/team/{cast.members['biller']}/"
    visitor.post(f"{url}leave/")
    assert visitor.get(url).status_code == 404
    assert "Sam Doyle" not in visitor.get("/settings/team/").content.decode()

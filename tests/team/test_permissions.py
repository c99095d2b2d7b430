"""Permissions on top of roles, roles with dates, and the page that says what follows from them."""

from datetime import timedelta

import pytest

from kinbook.access.actions import Action
from kinbook.access.matrix import COLUMNS, GRANTABLE, TABLE
from kinbook.access.models import PermissionGrant, RoleGrant
from kinbook.access.policy import may
from kinbook.access.words import ACTION_NAMES, permissions_of
from kinbook.audit.models import Entry
from kinbook.overview.queries.member import member_page
from kinbook.team.commands.members import add_member, change_member
from kinbook.team.commands.permissions import end_permission, end_role, give_role, grant_permission
from kinbook.team.queries import everybody
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.cast import TEAM, TODAY, later
from tests.scheduling.visitor import Visitor

TOMORROW = TODAY + timedelta(days=1)
CLINICAL = {"action": "clinical:see", "scope": "all", "note": "Covers for the clinical lead"}


def grant(cast, name="manager", by="owner", **more):
    with cast.as_(by) as viewer:
        return grant_permission(viewer, member_id=cast.members[name], **{**CLINICAL, **more})


def give(cast, name, role, by="owner", **more):
    with cast.as_(by) as viewer:
        return give_role(viewer, member_id=cast.members[name], role=role, **more)


def holds(cast, name, action, now=None):
    with cast.as_(name, now) as viewer:
        return may(viewer, action)


def test_a_permission_holds_from_its_first_day_until_its_last(cast):
    grant(cast, starts_on=TOMORROW, until=TODAY + timedelta(days=3))
    found = [holds(cast, "manager", Action.CLINICAL_SEE, later(day)) for day in range(4)]
    assert found == [False, True, True, False]


def test_it_is_on_record_with_its_note(cast):
    made = grant(cast)
    with cast.as_("owner") as viewer:
        end_permission(viewer, permission_id=made.pk)
        granted, ended = Entry.objects.filter(action__startswith="permission.").order_by("pk")
        assert granted.details["permission"]["note"] == CLINICAL["note"]
        assert ended.details["permission"] == "clinical:see"
        assert PermissionGrant.objects.get().note == CLINICAL["note"]
    assert not holds(cast, "manager", Action.CLINICAL_SEE)
    with cast.as_("owner") as viewer, pytest.raises(Conflict):
        end_permission(viewer, permission_id=made.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"action": "no:such"}, "action"),
        ({"action": "team:manage"}, "action"),
        ({"action": "team:owner"}, "action"),
        ({"action": "emergency:open"}, "action"),
        ({"scope": "everything"}, "scope"),
        ({"action": "data:export", "scope": "own"}, "scope"),
        ({"note": " "}, "note"),
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on"),
        ({"until": TODAY}, "until"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field(cast, wrong, field):
    with pytest.raises(Invalid) as refused:
        grant(cast, **wrong)
    assert set(refused.value.problems) == {field}


def test_nobody_grants_to_themselves_or_more_than_they_hold(cast):
    with pytest.raises(Forbidden):
        grant(cast, "manager", by="manager", action="amounts:see")
    with pytest.raises(Forbidden):
        grant(cast, "owner", by="owner")
    with pytest.raises(Forbidden):
        grant(cast, "basic", by="manager")
    assert grant(cast, "basic", by="manager", action="amounts:see", scope="own")


def test_the_owners_account_is_the_owners(cast):
    with pytest.raises(Forbidden):
        grant(cast, "owner", by="manager", action="amounts:see")
    with pytest.raises(Forbidden):
        give(cast, "owner", "supervisor", by="manager")
    with pytest.raises(Forbidden):
        give(cast, "basic", "owner", by="manager")
    with cast.as_("manager") as viewer, pytest.raises(Forbidden):
        end_role(viewer, role_id=RoleGrant.objects.get(member_id=cast.members["owner"]).pk)


def test_nobody_else_touches_rights(cast):
    for name in ("supervisor", "kim", "biller", "scheduler"):
        for deed in (lambda by: grant(cast, "basic", by=by), lambda by: give(cast, "basic", "supervisor", by=by)):
            with pytest.raises(Forbidden):
                deed(name)


def test_the_same_permission_twice_is_told(cast):
    grant(cast)
    with pytest.raises(Conflict):
        grant(cast)


def test_supervisor_and_administrative_roles_stack_a_second_clinician_role_does_not(cast):
    give(cast, "kim", "supervisor")
    give(cast, "kim", "manager", until=TODAY + timedelta(days=2))
    with pytest.raises(Conflict, match="One clinician role"):
        give(cast, "kim", "clinician_entire")
    assert holds(cast, "kim", Action.TEAM_MANAGE, later(1))
    assert not holds(cast, "kim", Action.TEAM_MANAGE, later(2))


def test_a_clinician_changes_their_role_on_a_day(cast):
    with cast.as_("owner") as viewer:
        held = RoleGrant.objects.get(member_id=cast.members["kim"])
        with pytest.raises(Conflict, match="last role"):
            end_role(viewer, role_id=held.pk, on=TOMORROW)
    give(cast, "kim", "supervisor")
    with cast.as_("owner") as viewer:
        end_role(viewer, role_id=held.pk, on=TOMORROW)
    give(cast, "kim", "clinician_entire", starts_on=TOMORROW)
    with cast.as_("kim") as viewer:
        assert "clinician_billing" in viewer.roles
    with cast.as_("kim", later(1)) as viewer:
        assert viewer.roles == {"supervisor", "clinician_entire"}


def test_the_dialog_of_roles_leaves_dated_ones_as_they_are(cast):
    give(cast, "scheduler", "biller", until=TODAY + timedelta(days=9))
    give(cast, "scheduler", "manager", starts_on=TOMORROW)
    with cast.as_("owner") as viewer:
        change_member(viewer, member_id=cast.members["scheduler"], fields={}, roles=["scheduler", "biller"])
        rows = RoleGrant.objects.filter(member_id=cast.members["scheduler"])
        assert sorted(rows.values_list("role", "until")) == [
            ("biller", TODAY + timedelta(days=9)),
            ("manager", None),
            ("scheduler", None),
        ]


def test_a_clinician_role_that_begins_later_is_in_the_way_and_told(cast):
    give(cast, "scheduler", "clinician_basic", starts_on=TOMORROW)
    with cast.as_("owner") as viewer, pytest.raises(Conflict, match="later day"):
        change_member(viewer, member_id=cast.members["scheduler"], fields={}, roles=["clinician_entire"])


def test_the_last_owner_keeps_the_role(cast):
    give(cast, "owner", "manager")
    with cast.as_("owner") as viewer:
        held = RoleGrant.objects.get(member_id=cast.members["owner"], role="owner")
        with pytest.raises(Conflict, match="keeps an owner"):
            end_role(viewer, role_id=held.pk)
    give(cast, "manager", "owner", until=TODAY + timedelta(days=5))
    with cast.as_("owner") as viewer, pytest.raises(Conflict, match="keeps an owner"):
        end_role(viewer, role_id=held.pk)


def test_unknown_rights_are_unknown(cast):
    with cast.as_("owner") as viewer:
        for deed in (
            lambda: end_role(viewer, role_id=cast.practice_id),
            lambda: end_permission(viewer, permission_id=cast.practice_id),
            lambda: give_role(viewer, member_id=cast.practice_id, role="biller"),
        ):
            with pytest.raises(Unknown):
                deed()


def test_every_permission_has_words_and_is_shown_as_the_matrix_has_it(cast):
    assert set(ACTION_NAMES) == set(Action)
    assert set(GRANTABLE) < set(Action)
    with cast.as_("owner") as viewer:
        for name, member_id in cast.members.items():
            (role,) = TEAM[name][3]
            as_viewer = next(each for each in everybody(viewer) if each.id == member_id)
            for each in permissions_of(as_viewer):
                scope = TABLE[each.action][[str(column) for column in COLUMNS].index(role)]
                assert each.scopes == ((scope,) if scope else ())
                assert (each.whose == "No") is (scope is None)
                assert bool(each.sources) is (scope is not None)


def test_the_page_says_what_gives_each_permission(cast):
    give(cast, "kim", "supervisor")
    grant(cast, "kim", action="write_off:add", scope="all")
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        shown = member_page(viewer, cast.members["kim"])
    found = {each.action: (each.whose, each.sources) for each in shown.permissions}
    assert found[Action.WRITE_OFF] == ("All clients", ("Clinician, billing", "Granted"))
    assert found[Action.CLIENT_OPEN] == ("Own clients, Supervisees’ clients", ("Clinician, billing", "Supervisor"))
    assert found[Action.TEAM_MANAGE] == ("No", ())
    assert [each.client.name for each in shown.clients] == ["Mia Ortiz"]


def test_rights_on_the_page(cast):
    helen = Visitor(cast, "owner")
    base = f"/settings/team/{cast.members['manager']}"
    assert helen.get(f"{base}/access/").status_code == 200
    for url, body in ((f"{base}/permissions/", {**CLINICAL, "note": ""}), (f"{base}/roles/", {"role": "manager"})):
        assert helen.dialog(url).status_code == 200
        assert helen.post(url, body).status_code == 422
    assert helen.post(f"{base}/permissions/", CLINICAL).status_code == 302
    assert helen.post(f"{base}/roles/", {"role": "biller"}).status_code == 302
    page = helen.get(f"{base}/access/").content.decode()
    assert CLINICAL["note"] in page
    with cast.as_("owner"):
        granted = PermissionGrant.objects.get()
        role = RoleGrant.objects.get(member_id=cast.members["manager"], role="biller")
    assert helen.post(f"/settings/team/permissions/{granted.pk}/end/").status_code == 302
    assert helen.post(f"/settings/team/roles/{role.pk}/end/").status_code == 302
    maya = Visitor(cast, "manager").get(f"/settings/team/{cast.members['owner']}/access/").content.decode()
    assert "Give a role" not in maya


def test_the_page_of_a_member_costs_as_much_for_many_clients(cast, django_assert_max_num_queries):
    with cast.as_("owner") as viewer:
        for place in range(8):
            cast.child(viewer, f"C{place}")
        add_member(viewer, email="m@kinbook.example", first_name="M", last_name="N", roles=["biller"], invite=False)
    helen = Visitor(cast, "owner")
    with django_assert_max_num_queries(16):
        assert helen.get(f"/settings/team/{cast.members['kim']}/access/").status_code == 200

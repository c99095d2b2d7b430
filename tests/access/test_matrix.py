"""The matrix, read against the one written by hand; and what no role can change."""

from dataclasses import replace

import pytest

from kinbook.access.actions import Action
from kinbook.access.matrix import COLUMNS, LOOKING, TABLE
from kinbook.access.policy import may, reach
from kinbook.tenancy.viewer import Role, ViewerKind
from tests.access.rights import AUTHORS, RIGHTS, ROLES
from tests.cast import TEAM

HELD = {name: Role(TEAM[name][3][0]) for name in ROLES}


@pytest.mark.parametrize("action", list(Action))
def test_each_row_is_as_written_twice(action):
    found = {role: str(scope or "-") for role, scope in zip(COLUMNS, TABLE[action], strict=True)}
    assert found == {HELD[name]: scope for name, scope in RIGHTS[action].items()}


def test_every_action_is_written_twice():
    assert set(RIGHTS) - AUTHORS == set(Action) == set(TABLE)


@pytest.mark.parametrize("action", list(Action))
def test_nobody_but_the_team_reaches_anything(cast, action):
    with cast.as_("owner") as owner:
        for kind in (ViewerKind.PORTAL, ViewerKind.VISITOR):
            assert not may(replace(owner, kind=kind), action)


@pytest.mark.parametrize("action", list(Action))
def test_a_read_only_token_only_looks(cast, action):
    with cast.as_("owner") as owner:
        words = ("see", "list", "open", "names", "own", "all")
        looks = action in LOOKING
        assert bool(reach(replace(owner, read_only=True), action)) is looks
        assert not looks or action.split(":")[1].startswith(words), f"{action} changes something"


def test_permissions_of_several_roles_add_up(cast):
    with cast.as_("owner") as owner:
        both = replace(owner, roles=frozenset({Role.CLINICIAN_BASIC, Role.BILLER}))
        assert reach(both, Action.AMOUNTS_SEE) == {"all"}
        assert reach(both, Action.CLIENT_EDIT) == {"own"}
        assert not reach(both, Action.TEAM_MANAGE)


def test_without_a_role_nothing_is_open(cast):
    with cast.as_("owner") as owner:
        nobody = replace(owner, roles=frozenset())
        assert not any(may(nobody, action) for action in Action)

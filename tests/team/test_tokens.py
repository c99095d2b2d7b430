"""API tokens: as mighty as their member, or less, and no longer than wanted."""

from datetime import UTC, datetime, timedelta

import pytest

from kinbook.access.models import Token
from kinbook.team.commands.leaving import let_go
from kinbook.team.commands.members import change_member, hash_of
from kinbook.team.models import Member
from tests.api.caller import Caller
from tests.scheduling.visitor import Visitor

ADULT = {"type": "adult", "first_name": "Nora", "last_name": "Hill"}


def asks(caller):
    return caller("GET", "/clients").status_code


def test_a_token_is_kept_as_a_hash_and_shown_once(cast):
    visitor = Visitor(cast, "kim")
    page = visitor.post("/settings/tokens/", {"label": "Books"}).content.decode()
    secret = next(
        word
        for word in page.replace("<", " ").replace(">", " ").replace('"', " ").split()
        if word.startswith("kinbook_")
    )
    assert Token.objects.get().hash == hash_of(secret)
    assert secret not in visitor.get("/settings/tokens/").content.decode()


def test_a_read_only_token_reads_and_changes_nothing(cast):
    caller = Caller(cast, "owner", read_only=True)
    assert asks(caller) == 200
    assert caller("POST", "/clients", ADULT).status_code == 403


def test_a_token_that_has_expired_opens_nothing(cast):
    caller = Caller(cast)
    Token.objects.update(expires_at=datetime.now(UTC) + timedelta(minutes=1))
    assert asks(caller) == 200
    Token.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert asks(caller) == 401


def test_a_revoked_token_opens_nothing(cast):
    caller = Caller(cast, "kim")
    Visitor(cast, "kim").post(f"/settings/tokens/{Token.objects.get().pk}/revoke/")
    assert asks(caller) == 401


def test_a_token_ends_with_its_member(cast):
    caller = Caller(cast, "kim")
    with cast.as_("owner") as viewer:
        let_go(viewer, member_id=cast.members["kim"])
    assert asks(caller) == 401


def test_a_token_follows_the_roles_of_its_member(cast):
    caller = Caller(cast, "kim")
    assert caller("GET", "/invoices").status_code == 200
    with cast.as_("owner") as viewer:
        change_member(viewer, member_id=cast.members["kim"], fields={}, roles=["clinician_basic"])
    assert caller("GET", "/invoices").status_code == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "bearer \x7f", "Bearer " + "x" * 5000]
)
def test_anything_else_is_no_token(cast, header):
    response = Visitor(cast, "owner").get("/api/v1/clients", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(cast):
    assert Visitor(cast, "owner").get("/api/v1/clients").status_code == 401


@pytest.mark.parametrize("expires", ["2020-01-01", "never", "2026-02-30"])
def test_a_day_that_cannot_be_is_told_beside_the_field(cast, expires):
    response = Visitor(cast, "owner").post("/settings/tokens/", {"label": "Books", "expires_on": expires})
    assert response.status_code == 422
    assert not Token.objects.exists()


def test_a_member_sees_their_own_tokens_an_owner_everybodys(cast):
    Caller(cast, "kim")
    Caller(cast, "biller")
    assert Visitor(cast, "kim").get("/settings/tokens/").content.decode().count("/revoke/") == 1
    assert Visitor(cast, "owner").get("/settings/tokens/").content.decode().count("/revoke/") == 2


def test_tokens_of_another_practice_are_nowhere_to_be_seen(cast):
    Caller(cast, "kim")
    Token.objects.update(practice_id=cast.members["kim"])
    assert "/revoke/" not in Visitor(cast, "owner").get("/settings/tokens/").content.decode()
    with cast.as_("owner"):
        assert Member.objects.exists()

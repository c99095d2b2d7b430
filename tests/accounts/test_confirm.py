"""Confirm it is you: before what is dangerous, and then it goes on with everything that was entered."""

import pytest
from django.urls import NoReverseMatch, reverse

from kinbook.access.models import Token
from kinbook.accounts.models import EmailChange, Factor
from kinbook.audit.models import Entry
from kinbook.config.dangerous import DANGEROUS
from kinbook.team.models import Member
from tests.accounts.conftest import age, code, is_in
from tests.api.caller import Caller
from tests.cast import PASSWORD
from tests.scheduling.visitor import Visitor

NEW = {
    "first_name": "Nora",
    "last_name": "Hill",
    "title": "",
    "email": "nora@mail.example",
    "roles": ["biller", "scheduler"],
}


NAMED = ("client_id", "role_id", "permission_id", "payment_id", "card_payment_id", "name")


@pytest.fixture
def owner(cast):
    """An owner who signed in a while ago."""
    visitor = Visitor(cast, "owner")
    age(opened_at=11)
    return visitor


def nora(cast):
    with cast.as_("owner"):
        return Member.objects.filter(email="nora@mail.example").first()


def address(name, cast):
    for named in ({}, *({each: cast.members["kim"]} for each in ("member_id", "factor_id", *NAMED))):
        try:
            return reverse(name, kwargs=named)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "method"), [(name, method) for name, methods in DANGEROUS.items() for method in methods]
)
def test_every_dangerous_address_asks(cast, owner, name, method):
    url = address(name, cast)
    asked = owner.get(url) if method == "GET" else owner.post(url, {"a": "b"})
    assert asked.status_code == 422
    assert "Confirm it is you" in asked.content.decode()
    age(opened_at=-11)
    fresh = owner.get(url) if method == "GET" else owner.post(url, {"a": "b"})
    assert "Confirm it is you" not in fresh.content.decode()


def test_nothing_is_done_until_it_is_confirmed_and_then_all_of_it(cast, owner):
    asked = owner.post("/settings/team/new/", NEW)
    page = asked.content.decode()
    assert nora(cast) is None
    assert 'name="roles" value="biller"' in page
    assert 'name="roles" value="scheduler"' in page
    assert 'name="first_name" value="Nora"' in page
    done = owner.post("/settings/team/new/", {**NEW, "proof": "1", "proof_password": PASSWORD})
    assert done.status_code == 302
    assert nora(cast).name == "Nora Hill"
    with cast.as_("owner"):
        assert Entry.objects.get(action="member.confirmed").details == {"by": "password"}


def test_once_confirmed_nobody_asks_for_ten_minutes(cast, owner):
    owner.post("/settings/tokens/", {"label": "A", "proof": "1", "proof_password": PASSWORD})
    owner.post("/settings/tokens/", {"label": "B"})
    assert Token.objects.count() == 2


def test_a_wrong_password_does_nothing_and_keeps_what_was_entered(cast, owner):
    refused = owner.post("/settings/team/new/", {**NEW, "proof": "1", "proof_password": "wrong"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "This is not your password" in page
    assert 'name="first_name" value="Nora"' in page
    assert "wrong" not in page
    assert nora(cast) is None


def test_five_wrong_ones_and_the_right_one_waits_too(cast, owner):
    for _ in range(5):
        owner.post("/settings/tokens/", {"label": "A", "proof": "1", "proof_password": "wrong"})
    refused = owner.post("/settings/tokens/", {"label": "A", "proof": "1", "proof_password": PASSWORD})
    assert "Too many tries" in refused.content.decode()
    assert not Token.objects.exists()


def test_nothing_entered_is_no_proof(cast, owner):
    assert owner.post("/settings/tokens/", {"label": "A", "proof": "1"}).status_code == 422
    assert not Token.objects.exists()


def test_a_code_does_as_well_once(cast, kims_app):
    kim = Visitor(cast, "kim")
    age(opened_at=11)
    shown = code(kims_app[0])
    assert kim.post("/settings/tokens/", {"label": "A", "proof": "1", "proof_code": shown}).status_code == 200
    assert Token.objects.count() == 1
    other = Visitor(cast, "kim")
    age(opened_at=11)
    assert other.post("/settings/tokens/", {"label": "B", "proof": "1", "proof_code": shown}).status_code == 422


def test_in_a_dialog_it_is_asked_in_a_dialog(cast, owner):
    asked = owner.send("/settings/team/new/", NEW)
    assert asked.status_code == 422
    assert asked["HX-Retarget"] == "#dialog"
    assert asked.content.decode().startswith("<dialog")
    done = owner.send("/settings/team/new/", {**NEW, "proof": "1", "proof_password": PASSWORD})
    assert done["HX-Redirect"] == "/settings/team/"


def test_what_cannot_stand_is_told_after_confirming_with_everything_still_there(cast, owner):
    told = owner.send("/settings/team/new/", {**NEW, "email": "nothing", "proof": "1", "proof_password": PASSWORD})
    assert told.status_code == 422
    assert 'value="Nora"' in told.content.decode()
    assert "Confirm it is you" not in told.content.decode()


def test_a_file_is_fetched_after_confirming(cast, owner):
    url = "/settings/audit-log/csv/?page=1"
    asked = owner.get(url)
    assert 'name="proof_then" value="look"' in asked.content.decode()
    led = owner.post(url, {"proof": "1", "proof_password": PASSWORD, "proof_then": "look"})
    assert led["Location"] == url
    assert owner.get(url)["Content-Type"].startswith("text/csv")


def test_who_may_not_still_may_not(cast):
    kim = Visitor(cast, "kim")
    age(opened_at=11)
    assert kim.post("/settings/team/new/", {**NEW, "proof": "1", "proof_password": PASSWORD}).status_code == 403
    assert nora(cast) is None


def test_programs_are_not_asked(cast):
    sent = {"email": "nora@mail.example", "first_name": "Nora", "last_name": "Hill", "roles": ["biller"]}
    assert Caller(cast, "owner")("POST", "/members", sent).status_code == 201


def test_looking_is_not_asked_about(cast, owner):
    for url in ("/settings/team/", "/settings/tokens/", "/settings/account/", "/settings/signing-in/"):
        assert owner.get(url).status_code == 200
    assert is_in(owner)


def test_the_account_s_own_dangers_do_nothing_unasked(cast, owner):
    owner.post("/settings/account/password/", {"password": "three quiet green lamps"})
    owner.post("/settings/account/e-mail/", {"email": "new@mail.example"})
    owner.post(f"/settings/team/{cast.members['kim']}/e-mail/", {"email": "new@mail.example"})
    owner.post("/settings/account/second-step/app/", {"code": "000000"})
    with cast.as_("owner"):
        assert Member.objects.get(pk=cast.members["owner"]).user.check_password(PASSWORD)
    assert not EmailChange.objects.exists()
    assert not Factor.objects.exists()

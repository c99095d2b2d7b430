"""From the invitation to the first sign-in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from kinbook.team.commands.leaving import let_go
from kinbook.team.commands.members import invite_again
from kinbook.team.models import Invitation, Member
from tests.scheduling.visitor import Visitor

NEW = {"first_name": "Nora", "last_name": "Hill", "title": "", "email": "Nora@mail.example", "roles": ["biller"]}
PASSPHRASE = "three quiet green lamps"


def links(cast):
    with cast.as_("owner"):
        letters = Letter.objects.filter(to="nora@mail.example").order_by("written_at", "pk")
        return [letter.links[0].removeprefix("http://localhost:8000") for letter in letters]


@pytest.fixture
def invited(cast):
    """Nora is invited; the link of her letter."""
    assert Visitor(cast, "owner").post("/settings/team/new/", NEW).status_code == 302
    return links(cast)[0]


def nora(cast):
    with cast.as_("owner"):
        return Member.objects.get(email="nora@mail.example").pk


def test_the_letter_tells_who_invites_and_nothing_else(cast, invited):
    with cast.as_("owner"):
        letter = Letter.objects.get(to="nora@mail.example")
        assert "Helen Marsh" in letter.body
        assert "Helen" not in letter.subject
        secret = invited.strip("/").split("/")[-1]
        assert secret not in [bytes(each.hash).hex() for each in Invitation.objects.all()]


def test_she_chooses_a_password_and_signs_in(cast, invited):
    browser = Client()
    assert browser.get(invited).status_code == 200
    assert browser.get(invited).status_code == 200, "opening the link uses nothing up: mail programs open links too"
    assert browser.post(invited, {"password": PASSPHRASE}).status_code == 302
    signed_in = browser.post("/account/sign-in/", {"login": "nora@mail.example", "password": PASSPHRASE})
    assert signed_in.status_code == 302
    assert browser.get("/billing/").status_code == 200
    with cast.as_("owner"):
        assert Entry.objects.filter(action="member.joined", subject_id=nora_id()).count() == 1


def nora_id():
    return Member.objects.get(email="nora@mail.example").pk


@pytest.mark.parametrize("weak", ["", "short", "password1234", "nora@mail.example"])
def test_a_weak_password_is_told_beside_the_field(cast, invited, weak):
    response = Client().post(invited, {"password": weak})
    assert response.status_code in {200, 422}
    assert Client().post("/account/sign-in/", {"login": "nora@mail.example", "password": weak}).status_code == 200
    assert Client().post(invited, {"password": PASSPHRASE}).status_code == 302, "the link still works"


def test_a_link_works_once(invited):
    Client().post(invited, {"password": PASSPHRASE})
    assert Client().get(invited).status_code == 404
    assert Client().post(invited, {"password": "another long passphrase"}).status_code == 404


def test_a_link_ends_after_a_week(cast, invited):
    Invitation.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().get(invited).status_code == 404


def test_a_new_invitation_ends_the_older_link(cast, invited):
    with cast.as_("owner", now=datetime.now(UTC)) as viewer:
        invite_again(viewer, member_id=nora_id())
    assert Client().get(invited).status_code == 404
    (newer,) = set(links(cast)) - {invited}
    assert Client().get(newer).status_code == 200


def test_somebody_let_go_before_they_came_has_no_link_any_more(cast, invited):
    with cast.as_("owner") as viewer:
        let_go(viewer, member_id=nora_id())
    assert Client().get(invited).status_code == 404
    assert Client().post(invited, {"password": PASSPHRASE}).status_code == 404


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 400, "%F0%9F%8E%88"])
def test_a_link_that_never_was_leads_nowhere(cast, secret):
    assert Client().get(f"/invitation/{secret}/").status_code == 404


def test_the_same_address_twice_is_told_beside_it(cast, invited):
    response = Visitor(cast, "owner").post("/settings/team/new/", NEW)
    assert response.status_code == 422
    assert "on the team already" in response.content.decode()
    assert "Nora" in response.content.decode(), "what was typed is still there"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("last_name", ""),
        ("roles", []),
        ("roles", ["king"]),
        ("roles", ["clinician_basic", "clinician_billing"]),
        ("first_name", "x" * 300),
    ],
)
def test_what_cannot_stand_is_told_beside_the_field(cast, field, value):
    response = Visitor(cast, "owner").post("/settings/team/new/", {**NEW, field: value})
    assert response.status_code == 422
    with cast.as_("owner"):
        assert not Member.objects.filter(email="nora@mail.example").exists()


def test_only_an_owner_makes_an_owner(cast):
    assert Visitor(cast, "manager").post("/settings/team/new/", {**NEW, "roles": ["owner"]}).status_code == 403
    assert Visitor(cast, "owner").post("/settings/team/new/", {**NEW, "roles": ["owner"]}).status_code == 302

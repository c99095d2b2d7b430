"""Passkeys at the family's door: an answer is to one question, and opens what is its owner's alone."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from kinbook.invitations.models import Passkey, Session
from tests.portal.guest import Guest, words_of

ENTER, ASK = "/portal/sign-in/passkey/", "/portal/sign-in/passkey/ask/"
ADD, ASK_TO_ADD = "/portal/profile/passkeys/", "/portal/profile/passkeys/ask/"
NO_ANSWERS = [
    "",
    "x",
    "[]",
    "{}",
    "null",
    '{"id": "x", "rawId": "eA", "type": "public-key", "response": {}}',
    "[" * 5000,
]


@pytest.fixture(autouse=True)
def fresh_limits(cast):
    cache.clear()


def held(cast, name):
    return Passkey.objects.create(
        credential_id=name.encode(),
        credential=b"x",
        practice_id=cast.practice_id,
        party_id=cast.people[name],
        name=f"{name}'s phone",
        added_at=datetime.now(UTC),
    )


def test_the_door_asks_for_any_passkey_and_for_the_devices_own_check(cast):
    asked = Guest().post(ASK).json()["publicKey"]
    assert asked["rpId"] == "testserver"
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    assert Guest().post(ASK).json()["publicKey"]["challenge"] != asked["challenge"]


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_an_answer_that_is_none_opens_nothing(cast, family, answer):
    browser = Guest()
    browser.post(ASK)
    response = browser.post(ENTER, {"answer": answer})
    assert response.status_code == 422
    assert "No passkey of yours was read" in words_of(response)
    assert not Session.objects.exists()


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_an_answer_that_is_none_adds_nothing(guest, answer):
    ana = guest("ana")
    ana.post(ASK_TO_ADD)
    assert ana.post(ADD, {"answer": answer, "name": "Phone"}).status_code == 422
    assert not Passkey.objects.exists()


def test_a_passkey_is_made_for_its_owner_who_is_named_to_the_device(cast, guest):
    asked = guest("ana").post(ASK_TO_ADD).json()["publicKey"]
    assert asked["user"]["name"] == "ana.ortiz@mail.example"
    assert asked["authenticatorSelection"]["residentKey"] == "required"


def test_each_sees_and_removes_their_own_alone(cast, guest, family):
    mine, theirs = held(cast, "ana"), held(cast, "ben")
    ana = guest("ana")
    told = ana.read("/portal/profile/")
    assert "ana&#x27;s phone" in told
    assert "ben" not in told
    assert ana.post(f"{ADD}{theirs.pk}/remove/").status_code == 404
    assert ana.post(f"{ADD}{mine.pk}/remove/").status_code == 302
    assert [each.pk for each in Passkey.objects.all()] == [theirs.pk]


def test_who_views_as_somebody_touches_no_passkey(cast, family):
    from tests.scheduling.visitor import Visitor

    mine, owner = held(cast, "ana"), Visitor(cast, "owner")
    owner.post(f"/clients/{family.mia}/edit/portal/{cast.people['ana']}/view/")
    for address in (ADD, ASK_TO_ADD, f"{ADD}{mine.pk}/remove/"):
        assert owner.post(address).status_code == 403
    assert "Passkeys" not in words_of(owner.get("/portal/profile/"))

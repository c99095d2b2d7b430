"""Answers of a browser that are none: refused as such. A real browser's are tried in the journeys."""

import json
import random
from base64 import urlsafe_b64encode

import pytest

from kinbook.accounts.models import Factor
from kinbook.accounts.passkeys import ask_known, ask_new, read_known, read_new
from kinbook.accounts.queries import user_of
from kinbook.tenancy.refused import Invalid

ORIGIN = "http://localhost:8000"


def text(content):
    return urlsafe_b64encode(content).decode().rstrip("=")


def answers():
    """Answers that are almost right, with bytes that are not."""
    chance = random.Random(7)  # noqa: S311 - the same noise each time
    for length in (0, 1, 36, 37, 38, 80, 300):
        noise = chance.randbytes(length)
        flags = b"\x00" * 32 + bytes([chance.randrange(256)]) + noise[33:]
        for content in (noise, flags):
            client = json.dumps({"type": "webauthn.get", "challenge": text(noise), "origin": ORIGIN}).encode()
            response = {
                "clientDataJSON": text(client if length % 2 else noise),
                "authenticatorData": text(content),
                "attestationObject": text(content),
                "signature": text(noise),
            }
            yield {"id": "AAEC", "rawId": "AAEC", "type": "public-key", "response": response}
    yield {"id": "AAEC", "rawId": 5, "type": "public-key", "response": 5}
    yield {"id": "AAEC", "rawId": "AAEC", "type": 7, "response": {"clientDataJSON": None}}


@pytest.fixture
def user(cast):
    with cast.as_("kim") as viewer:
        return user_of(viewer)


@pytest.mark.parametrize("sent", list(answers()), ids=range(len(list(answers()))))
def test_an_answer_that_is_none_is_refused(user, sent):
    Factor.objects.create(
        user=user,
        kind="passkey",
        name="Key",
        credential_id=b"\x00\x01\x02",
        credential=b"x",
        created_at="2026-11-18T12:00Z",
    )
    Factor.objects.filter(user=user).update(credential_id=b"\x00\x01\x02")
    told = json.dumps(sent)
    with pytest.raises(Invalid):
        read_new(told, {"challenge": "AAAA", "user_verification": None}, ORIGIN)
    assert read_known(told, {"challenge": "AAAA", "user_verification": None}, ORIGIN) is None


@pytest.mark.parametrize("sent", ["", "null", "[]", "[" * 9000, "{", '"x"', "x" * 30_000])
def test_what_is_no_answer_at_all_is_refused(user, sent):
    with pytest.raises(Invalid):
        read_new(sent, None, ORIGIN)
    assert read_known(sent, None, ORIGIN) is None


def test_a_question_is_asked_for_this_site_and_never_twice_the_same(user):
    first, second = ask_new(user, ORIGIN)[0]["publicKey"], ask_new(user, ORIGIN)[0]["publicKey"]
    assert first["rp"]["id"] == "localhost"
    assert first["challenge"] != second["challenge"]
    assert ask_known(None, ORIGIN)[0]["publicKey"]["userVerification"] == "required"

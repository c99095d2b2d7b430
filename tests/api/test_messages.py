"""Conversations, messages and transcripts as programs use them."""

import base64

import pytest

from tests.api.caller import Caller, is_problem
from tests.messaging.family import set_family


@pytest.fixture
def family(cast):
    return set_family(cast)


@pytest.fixture
def kim(family):
    return Caller(family.cast, "kim")


def start(caller, family, *names, status=201, **more):
    people = [str(family.people.get(name) or family.cast.members[name]) for name in names]
    return caller.post(
        "/conversations", {"client_id": str(family.mia.pk), "participants": people, **more}, status=status
    )


def test_a_conversation_is_begun_and_written_in(family, kim):
    talk = start(kim, family, "ana", about="Thursday")
    assert talk["kind"] == "clinical"
    assert [each["name"] for each in talk["participants"]] == ["Ana Ortiz", "Dr June Kim"]
    path = f"/conversations/{talk['id']}/messages"
    said = kim.post(path, {"body": "Hello Ana"}, status=201)
    assert said["sender"]["name"] == "Dr June Kim"
    assert said["to"] == ["Ana Ortiz"]
    assert kim.get(path)["items"][0]["body"] == "Hello Ana"
    assert kim.get("/conversations", client_id=str(family.mia.pk))["items"][0]["messages"] == 1
    assert kim.get(f"/conversations/{talk['id']}")["about"] == "Thursday"


def test_a_participant_without_portal_messages_is_422(family, kim):
    told = kim.post(
        "/conversations", {"client_id": str(family.leo.pk), "participants": [str(family.people["leo"])]}, status=422
    )
    assert is_problem(told, 422, "participants")
    for people in ([], [str(family.leo.pk)], ["nobody"]):
        told = kim.post("/conversations", {"client_id": str(family.mia.pk), "participants": people}, status=422)
        assert told["errors"][0]["field"].startswith("participants")


def test_parents_who_did_not_agree_are_422(family, kim):
    assert is_problem(start(kim, family, "ana", "ben", status=422), 422, "participants")


def test_sent_again_it_is_one_message(family, kim):
    talk = start(kim, family, "ana")
    path, body = f"/conversations/{talk['id']}/messages", {"body": "Once", "id": "0199b0a0-0000-7000-8000-00000000abcd"}
    assert kim.post(path, body, status=201) == kim.post(path, body, status=201)
    kim.post(path, {**body, "body": "Twice"}, status=409)
    kim.post(path, {"body": "By key"}, status=201, Idempotency_Key="one")
    kim.post(path, {"body": "By key"}, status=201, Idempotency_Key="one")
    assert [each["body"] for each in kim.get(path)["items"]] == ["Once", "By key"]


def test_a_file_goes_with_it_and_is_fetched(family, kim):
    talk = start(kim, family, "ana")
    path = f"/conversations/{talk['id']}/messages"
    file = {"name": "Plan.txt", "content": base64.b64encode(b"Friday").decode()}
    said = kim.post(path, {"attachments": [file]}, status=201)
    url = said["attachments"][0]["url"].removeprefix("/api/v1")
    answer = kim("GET", url, status=200)
    assert answer.content == b"Friday"
    assert answer["Content-Disposition"].startswith("attachment")
    kim("GET", url[:-1], status=404)
    Caller(family.cast, "biller")("GET", url, status=404)
    assert is_problem(kim.post(path, {"attachments": [{"name": "x", "content": "?"}]}, status=422), 422, "attachments")


def test_reading_counts_and_is_marked(family, kim):
    talk = start(kim, family, "ana")
    with family.as_("ana") as viewer:
        from kinbook.messaging.commands.send import send_message

        send_message(viewer, conversation_id=talk["id"], body="Hello")
    assert kim.get("/conversations", unread="true")["items"][0]["unread"] == 1
    assert kim.post(f"/conversations/{talk['id']}/read", status=200)["unread"] == 0
    assert kim.get("/conversations", unread="true")["items"] == []


def test_a_retraction_is_marked(family, kim):
    talk = start(kim, family, "ana")
    said = kim.post(f"/conversations/{talk['id']}/messages", {"body": "Wrong"}, status=201)
    entry = kim.post(f"/messages/{said['id']}/retract", {"reason": "Not for you"}, status=201)
    assert entry["retracts_id"] == said["id"]
    first, second = kim.get(f"/conversations/{talk['id']}/messages")["items"]
    assert (first["body"], first["retracted"], second["body"]) == ("Wrong", True, "Not for you")
    Caller(family.cast, "owner").post(f"/messages/{said['id']}/retract", {}, status=403)


def test_the_transcript_is_read_and_exported(family, kim):
    talk = start(kim, family, "ana")
    for words in ("One", "Two", "Three"):
        kim.post(f"/conversations/{talk['id']}/messages", {"body": words}, status=201)
    path = f"/clients/{family.mia.pk}/transcript"
    owner = Caller(family.cast)
    first = owner.get(path, limit=2)
    assert [each["body"] for each in first["items"]] == ["One", "Two"]
    assert [each["body"] for each in owner.get(path, cursor=first["next"])["items"]] == ["Three"]
    assert [each["body"] for each in owner.get(path, search="thr")["items"]] == ["Three"]
    assert owner.get(path, participant_id=str(family.people["ben"]))["items"] == []
    assert [each["name"] for each in owner.get(path)["items"][0]["readers"]] == ["Helen Marsh"]
    assert owner.get(f"{path}.json", from_="2026-11-18", to="2026-11-18")["kinbook"] == "transcript 1"
    assert owner("GET", f"{path}.pdf", status=200).content.startswith(b"%PDF")
    assert owner("GET", f"{path}?from=2026-11-19&to=2026-11-18").status_code == 422


def test_a_read_only_token_writes_nothing(family, kim):
    talk = start(kim, family, "ana")
    reads = Caller(family.cast, "kim", read_only=True)
    assert reads.get("/conversations")["items"]
    reads.post(f"/conversations/{talk['id']}/messages", {"body": "x"}, status=403)
    start(reads, family, "ana", status=403)


def test_switched_off_it_is_409(family, kim):
    from kinbook.messaging.commands.settling import set_messages

    with family.as_("owner") as viewer:
        set_messages(viewer, on=False, for_new=True, notice_minutes=10)
    start(kim, family, "ana", status=409)

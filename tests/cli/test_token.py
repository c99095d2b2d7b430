"""`kinbook token create` from outside: it prints the token and nothing else, and the API takes it."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from tests.cli.installation import kinbook


def ask(secret, method="GET", path="practice"):
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().generic(method, f"/api/v1/{path}", "{}", content_type="application/json", headers=headers)


def test_a_token_is_printed_alone_and_carries_the_members_access(lasting_cast):
    done = kinbook("token", "create", "--member", "Biller@kinbook.example")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    told = ask(line).json()
    assert (told["member_id"], told["roles"]) == (str(lasting_cast.members["biller"]), ["biller"])
    assert told["read_only"] is False


def test_a_limited_token_looks_only_and_ends(lasting_cast):
    told = kinbook(
        "token", "create", "--member", "owner@kinbook.example", "--read-only", "--expires", "3", "--json"
    ).told
    ends = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=2, hours=23) < ends < timedelta(days=3)
    assert ask(told["token"]).json()["read_only"] is True
    body = '{"name": "School"}'
    headers = {"Authorization": f"Bearer {told['token']}"}
    refused = Client().generic("POST", "/api/v1/organizations", body, content_type="application/json", headers=headers)
    assert refused.status_code == 403


def test_nobody_by_that_address_ends_with_1(lasting_cast):
    done = kinbook("token", "create", "--member", "nobody@kinbook.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Nobody on the team signs in as nobody@kinbook.example." in done.stderr

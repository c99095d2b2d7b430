"""A program that calls the API with a member's token."""

import json

from django.test import Client

from kinbook.team.commands.tokens import make_token

BASE = "/api/v1"


class Caller:
    """Calls as one of the cast; answers are read as JSON, and a server error fails the test at once."""

    def __init__(self, cast, name="owner", *, read_only=False):
        with cast.as_(name) as viewer:
            _, self.secret = make_token(viewer, read_only=read_only, expires_at=None)
        self.client = Client(raise_request_exception=False)

    def __call__(self, method, path, body=None, *, status=None, raw=None, query=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = raw if raw is not None else (json.dumps(body) if body is not None else "")
        response = self.client.generic(
            method,
            BASE + path,
            sent,
            content_type="application/json",
            query_params=query,
            headers={"Authorization": f"Bearer {self.secret}", **named},
        )
        response.told = read(response)
        assert response.status_code < 500, (method, path, body, response.content[:2000])
        if status is not None:
            assert response.status_code == status, (method, path, response.status_code, response.told)
        return response

    def get(self, path, expected=200, **query):
        return self("GET", path, status=expected, query={name.rstrip("_"): value for name, value in query.items()}).told

    def post(self, path, body=None, status=None, **headers):
        response = self("POST", path, body if body is not None else {}, status=status, **headers)
        assert status is not None or response.status_code in {200, 201}, response.told
        return response.told

    def patch(self, path, body, status=200, **headers):
        return self("PATCH", path, body, status=status, **headers).told

    def put(self, path, body, status=200, **headers):
        return self("PUT", path, body, status=status, **headers).told

    def delete(self, path, status=204, **query):
        return self("DELETE", path, status=status, query=query).told


def read(response):
    if (response.get("Content-Type") or "").split(";")[0] in {"application/json", "application/problem+json"}:
        return json.loads(response.content)
    return response.content


def is_problem(told, status, field=None):
    """Tell whether an answer is a problem of RFC 9457, naming the field where one is asked for."""
    assert told["status"] == status
    assert told["type"]
    assert told["title"]
    assert told["detail"]
    if field is not None:
        assert field in {each["field"] for each in told["errors"]}, told
    return True

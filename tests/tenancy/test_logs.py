"""Logs tell what became of a request, and nothing of anybody."""

import io
import json
import logging

import pytest

from kinbook.practice import views
from kinbook.team.commands.members import change_member
from tests.api.caller import Caller
from tests.scheduling.visitor import Visitor

WORD = "Xyzzyqua"


@pytest.fixture
def lines(settings):
    """What is written while requests are logged as they are outside of tests."""
    settings.TESTING = False
    root, written = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(next(each.formatter for each in root.handlers if type(each.formatter).__module__ != "logging"))
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def owner(cast):
    """The owner, in a practice whose client and member bear a word that is to appear nowhere."""
    with cast.as_("owner") as viewer:
        cast.child(viewer, WORD)
        change_member(viewer, member_id=cast.members["kim"], fields={"last_name": WORD})
    visitor = Visitor(cast, "owner")
    visitor.raise_request_exception = False
    return visitor


def test_a_line_tells_route_status_and_time(owner, lines):
    owner.get("/clients/")
    (line,) = lines()
    assert line["event"] == "answered"
    assert (line["method"], line["route"], line["status"]) == ("GET", "clients/", 200)
    assert line["request"]
    assert line["ms"] >= 0


def test_a_route_is_told_without_its_ids(cast, owner, lines):
    child = cast.clients[WORD.lower()]
    owner.get(f"/clients/{child}/")
    assert lines()[-1]["route"] == "clients/<uuid:client_id>/"
    assert str(child) not in json.dumps(lines())


def test_nothing_that_people_entered_is_written(cast, owner, lines):
    child = cast.clients[WORD.lower()]
    caller = Caller(cast)
    for url in ("/clients/", f"/clients/{child}/", f"/search/?q={WORD}", f"/clients/?search={WORD}", f"/{WORD}/"):
        owner.get(url)
    owner.post("/settings/practice/", {"name": WORD, "email": WORD})
    owner.post(f"/clients/{child}/edit/", {"client-type": WORD, "first_name": WORD})
    owner.post("/account/sign-in/", {"login": f"{WORD}@mail.example", "password": WORD})
    caller("GET", f"/clients?search={WORD}")
    caller("POST", "/clients", {"type": "adult", "first_name": WORD, "last_name": WORD, WORD: WORD})
    caller("POST", "/clients", raw=f'{{"{WORD}":')
    assert len(lines()) >= 10
    assert WORD.lower() not in json.dumps(lines()).lower()


def test_an_exception_is_told_by_kind_and_place_alone(owner, lines, monkeypatch):
    def fail(*_, **__):
        raise ValueError(WORD) from KeyError(WORD)

    monkeypatch.setattr(views, "change_practice", fail)
    sent = {"name": WORD, "time_zone": "UTC/UTC", "week_starts_on": 0, "language": "en", "reminder_hours": 1}
    owner.post("/settings/practice/", {**sent, "time_zone": "Europe/Berlin"})
    failed = next(line for line in lines() if line["event"] == "failed")
    assert failed["error"] == "ValueError"
    assert any("practice/views.py" in place for place in failed["at"])
    assert WORD.lower() not in json.dumps(lines()).lower()


def test_another_logger_s_exception_loses_its_words_too(lines):
    logging.getLogger("somebody.else").error("it failed", exc_info=ValueError(WORD))
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert WORD not in json.dumps(line)


def test_a_request_has_an_id_that_its_answer_bears(owner, lines):
    response = owner.get("/clients/")
    assert response["X-Request-ID"] == lines()[-1]["request"]

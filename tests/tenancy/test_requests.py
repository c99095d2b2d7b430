"""A request is done or not done: what fails is rolled back, what clashes runs again."""

import pytest
from django.db import OperationalError
from psycopg import errors

from kinbook.practice import views
from kinbook.tenancy.models import Practice
from tests.api.caller import Caller
from tests.scheduling.visitor import Visitor

SETTINGS = {
    "name": "New Harbor",
    "time_zone": "America/New_York",
    "week_starts_on": "0",
    "language": "en",
    "reminder_hours": "24",
}


@pytest.fixture
def owner(lasting_cast):
    visitor = Visitor(lasting_cast, "owner")
    visitor.raise_request_exception = False
    return visitor


def name(cast):
    with cast.as_("owner"):
        return Practice.objects.get().name


def test_a_request_that_succeeds_is_kept(lasting_cast, owner):
    assert owner.post("/settings/practice/", SETTINGS).status_code == 302
    assert name(lasting_cast) == "New Harbor"


def test_an_error_of_ours_leaves_nothing_of_the_request(lasting_cast, owner, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(views, "done", fail)
    response = owner.post("/settings/practice/", SETTINGS)
    assert response.status_code == 500
    assert "Nothing was saved" in response.content.decode()
    assert name(lasting_cast) == "Harbor Lane Family Therapy"


@pytest.fixture
def no_database(monkeypatch):
    """Every question to the database fails, as while it starts anew."""

    def fail(*_, **__):
        raise OperationalError from errors.AdminShutdown()

    monkeypatch.setattr("kinbook.config.middleware.viewer_of", fail)


@pytest.mark.usefixtures("no_database")
def test_while_the_database_is_away_people_are_told_to_try_again(owner):
    response = owner.get("/clients/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "try again" in response.content.decode()


@pytest.mark.usefixtures("no_database")
def test_while_the_database_is_away_programs_are_told_to_try_again(lasting_cast):
    caller = Caller(lasting_cast)
    response = caller.client.get("/api/v1/clients", headers={"Authorization": f"Bearer {caller.secret}"})
    assert (response.status_code, response.json()["status"]) == (503, 503)


def clashing(times, kind):
    """Return `done` as it is when the database gives up that often."""
    before, done = [], views.done

    def clash(*args, **more):
        before.append(1)
        if len(before) > times:
            return done(*args, **more)
        raise OperationalError from kind()

    return clash


@pytest.mark.parametrize("kind", [errors.DeadlockDetected, errors.SerializationFailure])
def test_a_clash_runs_again_by_itself(lasting_cast, owner, monkeypatch, kind):
    monkeypatch.setattr(views, "done", clashing(2, kind))
    assert owner.post("/settings/practice/", {**SETTINGS, "version": "1"}).status_code == 302
    assert name(lasting_cast) == "New Harbor"


def test_three_clashes_are_told(lasting_cast, owner, monkeypatch):
    monkeypatch.setattr(views, "done", clashing(3, errors.DeadlockDetected))
    response = owner.post("/settings/practice/", SETTINGS)
    assert response.status_code == 409
    assert "Nothing was saved" in response.content.decode()
    assert name(lasting_cast) == "Harbor Lane Family Therapy"


def test_another_error_of_the_database_is_not_tried_again(lasting_cast, owner, monkeypatch):
    monkeypatch.setattr(views, "done", clashing(1, errors.AdminShutdown))
    assert owner.post("/settings/practice/", SETTINGS).status_code == 503

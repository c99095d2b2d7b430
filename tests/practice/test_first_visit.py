"""The first visitor sets the installation up, with the code that was printed; nobody does so a second time."""

import re
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client

from kinbook.audit.models import Entry
from kinbook.practice.first_visit import code_path, is_new, set_up_code
from kinbook.team.models import Seat, User
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

WORDS = "three quiet green lamps"
FILLED = {
    "name": "Harbor Lane",
    "time_zone": "America/New_York",
    "currency": "USD",
    "first_name": "Helen",
    "last_name": "Marsh",
    "email": "helen@harbor.example",
    "password": WORDS,
}


@pytest.fixture
def code(committed):
    return set_up_code()


def practices():
    found = []
    for practice_id in Seat.objects.values_list("practice_id", flat=True):
        with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
            found.append(Practice.objects.get())
    return found


def test_a_new_installation_leads_to_its_set_up(code):
    response = Client().get("/", follow=True)
    assert response.redirect_chain[-1][0] == "/set-up/"
    assert code not in response.content.decode()


def test_no_time_zone_is_chosen_for_a_practice_that_did_not_choose(code):
    select = re.search(r'<select name="time_zone".*?</select>', Client().get("/set-up/").content.decode(), re.DOTALL)
    assert select
    assert '<option value="" selected>Choose' in select[0]


def test_the_code_makes_the_practice_and_its_owner_who_signs_in(code):
    browser = Client()
    assert browser.post("/set-up/", {**FILLED, "code": f" {code} "}).status_code == 302
    (practice,) = practices()
    assert (practice.name, practice.time_zone, practice.currency) == ("Harbor Lane", "America/New_York", "USD")
    signed_in = browser.post("/account/sign-in/", {"login": "helen@harbor.example", "password": WORDS})
    assert signed_in.status_code == 302
    assert browser.get("/settings/team/").status_code == 200
    with acting_as(Identity(practice.pk, ViewerKind.JOB, practice.pk)):
        assert Entry.objects.filter(action="practice.set_up").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "wrong"),
        ("code", ""),
        ("code", "é🎈"),
        ("code", "x" * 500),
        ("name", ""),
        ("name", "\x00"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("currency", "XYZ1"),
        ("currency", "usd"),
        ("last_name", ""),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "password1234"),
        ("password", "helen@harbor.example"),
    ],
)
def test_what_cannot_stand_is_told_beside_the_field_and_makes_nothing(code, field, value):
    response = Client().post("/set-up/", {**FILLED, "code": code, field: value})
    assert response.status_code == 422
    shown = response.content.decode()
    assert 'class="errorlist"' in shown
    assert field in {"name", "last_name"} or FILLED["name"] in shown, "what was typed is still there"
    assert WORDS not in shown, "but no password"
    assert is_new()
    assert not User.objects.exists()


def test_a_second_visitor_is_led_to_sign_in(code):
    Client().post("/set-up/", {**FILLED, "code": code})
    for response in (Client().get("/set-up/"), Client().post("/set-up/", {**FILLED, "code": code, "name": "Second"})):
        assert response["Location"] == "/account/sign-in/"
    assert len(practices()) == 1


def test_of_two_who_come_at_once_one_makes_the_practice_and_the_other_is_told(code):
    start, answers = Barrier(2), []

    def visit(place):
        browser = Client()
        start.wait()
        sent = {**FILLED, "code": code, "name": f"Practice {place}", "email": f"owner{place}@harbor.example"}
        answers.append(browser.post("/set-up/", sent))
        connections.close_all()

    threads = [Thread(target=visit, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(practices()) == 1
    assert User.objects.count() == 1
    codes = sorted(each.status_code for each in answers)
    assert codes in ([302, 302], [302, 422])
    for each in answers:
        assert each.status_code == 302 or "set up already" in each.content.decode()


def test_the_code_is_made_once_and_nobody_else_on_the_machine_reads_it(code):
    assert set_up_code() == code
    assert code_path().stat().st_mode & 0o077 == 0

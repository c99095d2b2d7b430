"""Where one is signed in: shown, ended at once, and over by itself after a while without use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kinbook.accounts.commands.rules import set_rules
from kinbook.accounts.models import SignIn
from kinbook.audit.models import Entry
from tests.accounts.conftest import SIGN_IN, age, is_in, sign_in
from tests.scheduling.visitor import Visitor

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)


def test_each_browser_is_named_with_where_it_is(cast):
    sign_in(headers={"User-Agent": PHONE}, REMOTE_ADDR="203.0.113.7")
    mac = sign_in(headers={"User-Agent": MAC})
    page = mac.get("/settings/account/").content.decode()
    assert "Chrome on Android" in page
    assert "Safari on Mac" in page
    assert "203.0.113.7" in page
    assert page.count("This one") == 1


def test_one_is_ended_at_once(cast):
    here, there = sign_in(), sign_in()
    row = SignIn.objects.get(session_key=there.cookies["kinbook"].value)
    assert here.post(f"/settings/account/sign-ins/{row.id}/end/").status_code == 302
    assert is_in(here)
    assert there.get("/clients/")["Location"].startswith(SIGN_IN)
    with cast.as_("owner"):
        assert Entry.objects.filter(action="sign_in.ended").count() == 1


def test_all_others_are_ended_and_nobody_elses(cast):
    here, there, third, owner = sign_in(), sign_in(), sign_in(), sign_in("owner")
    here.post("/settings/account/sign-ins/end/")
    assert [is_in(each) for each in (here, there, third, owner)] == [True, False, False, True]


def test_a_request_under_way_does_not_bring_an_ended_one_back(cast):
    here = sign_in()
    late = here.session
    assert late["member"]
    SignIn.objects.all().delete()
    late["x"] = 1
    with pytest.raises(UpdateError):
        late.save()
    assert not is_in(here)


def test_the_page_costs_the_same_however_many_they_are(cast):
    here = sign_in()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            here.get("/settings/account/")
        counts.append(len([each for each in asked if each["sql"].startswith("SELECT")]))
        for _ in range(4):
            sign_in()
    assert counts[0] == counts[1] <= 12


@pytest.mark.usefixtures("cast")
class TestIdle:
    """A quarter of an hour without use."""

    def test_it_is_over_whatever_the_browser_thinks(self):
        browser = sign_in()
        age(last_used_at=14)
        assert is_in(browser)
        age(last_used_at=16)
        assert browser.get("/clients/")["Location"].startswith(SIGN_IN)
        assert browser.get("/account/stay/").json() == {"left": 0}
        assert not SignIn.objects.exists()

    def test_use_keeps_it_and_asking_by_itself_does_not(self):
        browser = sign_in()
        for headers, left in (
            ({"X-Kinbook-Background": "1"}, 5 * 60),
            ({"Accept": "text/event-stream"}, 5 * 60),
            ({}, 15 * 60),
        ):
            SignIn.objects.update(last_used_at=datetime.now(UTC) - timedelta(minutes=10))
            browser.get("/clients/", headers=headers)
            assert abs(browser.get("/account/stay/").json()["left"] - left) < 5

    def test_progress_that_a_page_asks_for_is_no_use(self, cast):
        from kinbook.config.dangerous import BACKGROUND
        from kinbook.invoices.commands.runs import start_run

        with cast.as_("owner") as viewer:
            run = start_run(viewer, through=viewer.today)
        browser = sign_in("owner")
        SignIn.objects.update(last_used_at=datetime.now(UTC) - timedelta(minutes=10))
        assert browser.get(f"/billing/runs/{run.pk}/progress/").status_code == 200
        assert browser.get("/account/stay/").json()["left"] <= 5 * 60
        assert "invoices:run_progress" in BACKGROUND

    def test_asked_whether_one_is_there_one_stays(self):
        browser = sign_in()
        SignIn.objects.update(last_used_at=datetime.now(UTC) - timedelta(minutes=14))
        assert browser.get("/account/stay/").json()["left"] <= 60
        assert browser.post("/account/stay/").json()["left"] > 14 * 60
        assert Client().post("/account/stay/").json() == {"left": 0}

    def test_the_practice_says_how_long_at_once_and_for_who_comes_later(self, cast):
        before = sign_in()
        with cast.as_("owner") as viewer:
            set_rules(viewer, second_step="nobody", roles=[], idle_minutes=5)
        after = sign_in()
        assert before.get("/account/stay/").json()["left"] <= 5 * 60
        assert after.get("/account/stay/").json()["left"] <= 5 * 60
        assert 'data-idle="300"' in after.get("/settings/account/").content.decode()

    def test_after_twelve_hours_it_is_over_however_much_it_is_used(self):
        browser = sign_in()
        age(expire_date=12 * 60 + 1)
        assert not is_in(browser)


def test_what_was_seen_stays_in_no_browsers_memory(cast):
    assert Visitor(cast, "kim").get("/clients/")["Cache-Control"] == "no-store"


def test_signing_in_sweeps_away_what_is_over(cast):
    sign_in()
    age(expire_date=13 * 60)
    sign_in()
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "/settings/account/",
        "/settings/account/second-step/",
        "/settings/account/second-step/app/",
        "/settings/account/second-step/passkey/",
        "/settings/signing-in/",
    ],
)
def test_every_page_of_it_asks_the_database_little(cast, url):
    owner = Visitor(cast, "owner")
    with CaptureQueriesContext(connection) as asked:
        assert owner.get(url).status_code == 200
    assert len([each for each in asked if each["sql"].startswith(("SELECT", "UPDATE", "INSERT"))]) <= 12

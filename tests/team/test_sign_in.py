"""Signing in: who may, how often they may try, and what nobody is told."""

import re

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from kinbook.audit.models import Entry
from kinbook.config.prepare import refuse_demo
from kinbook.mail.models import Letter
from kinbook.team.commands.leaving import let_go
from kinbook.tenancy.models import Practice
from tests.cast import PASSWORD
from tests.scheduling.visitor import Visitor

SIGN_IN = "/account/sign-in/"
LIMITS = {"login_failed": "10/m/ip,5/300s/key"}


@pytest.fixture
def browser(cast):
    return Client()


def sign_in(browser, email="owner@kinbook.example", password=PASSWORD, **more):
    return browser.post(SIGN_IN, {"login": email, "password": password}, **more)


def told(response):
    """Return a page's words without what differs from one request to the next, and without what was typed."""
    text = re.sub(r"[A-Za-z0-9]{64}|value=\"[^\"]*\"", "", response.content.decode())
    return re.sub(r"\s+", " ", text)


def is_in(browser):
    return browser.get("/settings/account/").status_code == 200


def test_the_right_password_opens_the_practice(cast, browser):
    assert sign_in(browser).status_code == 302
    assert is_in(browser)
    with cast.as_("owner"):
        entry = Entry.objects.get(action="member.signed_in")
        assert entry.viewer_id == cast.members["owner"]
        assert entry.address == "127.0.0.1"


def test_an_address_is_known_whatever_its_case(browser):
    assert sign_in(browser, "Owner@Kinbook.Example").status_code == 302


def test_a_wrong_password_tells_nothing_of_the_address(browser):
    known = sign_in(browser, password="not the password")
    unknown = sign_in(browser, "nobody@kinbook.example", "not the password")
    assert known.status_code == unknown.status_code == 200
    assert told(known) == told(unknown)
    assert not is_in(browser)


def test_somebody_who_has_left_is_told_no_more_than_a_stranger(cast, browser):
    with cast.as_("owner") as viewer:
        let_go(viewer, member_id=cast.members["biller"])
    left = sign_in(browser, "biller@kinbook.example")
    assert told(left) == told(sign_in(browser, "nobody@kinbook.example"))
    assert not is_in(browser)


def test_one_who_leaves_while_signed_in_is_out_at_the_next_click(cast):
    visitor = Visitor(cast, "biller")
    assert is_in(visitor)
    with cast.as_("owner") as viewer:
        let_go(viewer, member_id=cast.members["biller"])
    response = visitor.get("/clients/", follow=True)
    assert response.redirect_chain[-1][0].startswith(SIGN_IN)


@pytest.fixture
def limited(settings, cast):
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    cache.clear()
    yield
    cache.clear()


def test_five_wrong_passwords_close_an_account_for_a_while(limited, browser):
    for _ in range(5):
        sign_in(browser, password="wrong")
    response = sign_in(browser)
    assert "Too many failed login attempts" in response.content.decode()
    assert not is_in(browser)


def test_others_sign_in_meanwhile(limited, browser):
    for _ in range(5):
        sign_in(browser, password="wrong")
    assert sign_in(browser, "kim@kinbook.example").status_code == 302


def test_whoever_tries_many_addresses_is_stopped_though_they_write_another_origin_each_time(limited, browser):
    for place in range(10):
        sign_in(browser, f"{place}@mail.example", "wrong", headers={"X-Forwarded-For": f"203.0.113.{place}"})
    response = sign_in(browser, headers={"X-Forwarded-For": "203.0.113.99"})
    assert "Too many failed login attempts" in response.content.decode()


def test_a_page_for_members_leads_back_after_signing_in(cast, browser):
    response = browser.get("/settings/team/")
    assert response["Location"] == f"{SIGN_IN}?next=/settings/team/"
    response = browser.post(response["Location"], {"login": "owner@kinbook.example", "password": PASSWORD})
    assert response["Location"] == "/settings/team/"


def test_signing_in_leads_to_no_other_site(browser):
    response = browser.post(
        f"{SIGN_IN}?next=https://evil.example/", {"login": "owner@kinbook.example", "password": PASSWORD}
    )
    assert response.status_code == 302
    assert "evil" not in response["Location"]


def test_signing_out_ends_the_session(cast):
    visitor = Visitor(cast, "kim")
    visitor.post("/account/sign-out/")
    assert visitor.get("/clients/").status_code == 302


def test_nobody_signs_up(cast, browser):
    response = browser.post("/account/sign-up/", {"email": "new@mail.example", "password1": "a long enough password"})
    assert "New" not in response.content.decode() or response.status_code == 200
    assert not is_in(browser)


def test_a_forgotten_password_is_answered_alike_for_everybody(cast, browser):
    known, unknown = (
        browser.post("/account/password/", {"email": email}, follow=True)
        for email in ("kim@kinbook.example", "nobody@mail.example")
    )
    assert known.redirect_chain == unknown.redirect_chain
    assert told(known) == told(unknown)
    with cast.as_("owner"):
        (letter,) = Letter.objects.all()
        assert letter.to == "kim@kinbook.example"


def test_a_new_password_ends_the_sessions_opened_with_the_old_one(cast, browser):
    elsewhere = Visitor(cast, "kim")
    browser.post("/account/password/", {"email": "kim@kinbook.example"})
    with cast.as_("owner"):
        link = Letter.objects.get().links[0].removeprefix("http://localhost:8000")
    asked = browser.get(link, follow=True)
    new = "three quiet green lamps"
    browser.post(asked.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert elsewhere.get("/clients/", follow=True).redirect_chain[-1][0].startswith(SIGN_IN)
    assert sign_in(browser, "kim@kinbook.example", new).status_code == 302
    assert Client().get(link, follow=True).status_code == 200
    with cast.as_("owner"):
        assert Entry.objects.filter(action="password.reset_asked").count() == 1


class TestDemo:
    """A practice whose passwords stand on its sign-in page."""

    @pytest.fixture(autouse=True)
    def demo(self, cast, settings, browser):
        settings.DEMO = True
        with cast.as_("owner"):
            Practice.objects.update(is_demo=True)
        browser.defaults["HTTP_HOST"] = "localhost:8000"

    def test_it_opens_on_this_machine(self, browser):
        assert sign_in(browser).status_code == 302

    @pytest.mark.parametrize(
        "headers",
        [
            {"Forwarded": "for=203.0.113.5"},
            {"X-Forwarded-For": "203.0.113.5"},
            {"X-Forwarded-Proto": "https"},
            {"X-Forwarded-Host": "localhost"},
        ],
    )
    def test_a_request_that_came_through_others_is_refused_as_a_wrong_password_is(self, browser, headers):
        refused = sign_in(browser, headers=headers)
        assert told(refused) == told(sign_in(Client(), password="wrong", headers=headers))
        assert not is_in(browser)

    def test_another_name_of_this_machine_is_refused(self, browser, settings):
        settings.ALLOWED_HOSTS = ["*"]
        assert sign_in(browser, headers={"Host": "kinbook.example"}).status_code == 200
        assert not is_in(browser)

    def test_served_as_an_installation_it_is_refused_too(self, browser, settings):
        settings.DEMO = False
        assert sign_in(browser).status_code == 200

    def test_it_is_served_to_no_other_machine(self, cast, capsys):
        with pytest.raises(SystemExit):
            refuse_demo()
        assert "on this machine only" in capsys.readouterr().err
        with cast.as_("owner"):
            Practice.objects.update(is_demo=False)
        refuse_demo()

    def test_one_click_and_outbox_need_the_same(self, browser):
        owner = {"email": "owner@kinbook.example"}
        away = {"X-Forwarded-For": "203.0.113.5"}
        assert browser.post("/demo/enter/", owner, headers=away).status_code == 404
        assert browser.get("/demo/outbox.json", headers=away).status_code == 404
        assert browser.get("/demo/outbox.json").status_code == 200
        assert browser.post("/demo/enter/", owner).status_code == 302
        assert is_in(browser)


def test_connections_are_the_application_s(cast):
    assert connections["default"].settings_dict["USER"].endswith("_app")

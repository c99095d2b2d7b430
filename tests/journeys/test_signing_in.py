"""Signing in with a passkey, confirming what is dangerous, and a desk that was left."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import look

STEP = "/settings/account/second-step/"
PASSWORD = "kinbook-demo"


@pytest.fixture
def passkeys(page_as):
    """A browser with a passkey device of its own (Chromium's virtual authenticator)."""

    def attach(page):
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        device = session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                }
            },
        )
        return session, device["authenticatorId"]

    return attach


def enter(page, email):
    page.goto("/account/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page):
    page.goto("/account/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("sign-in"))


def test_a_passkey_is_added_signs_in_as_second_step_and_alone_and_is_removed(page_as, passkeys):
    page = page_as(None)
    passkeys(page)
    enter(page, "entire@kinbook.example")
    page.goto(f"{STEP}passkey/")
    page.get_by_label("Name").fill("This computer")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    assert not look(page, "recovery codes", again=False)
    sign_out(page)
    enter(page, "entire@kinbook.example")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert not look(page, "second step", again=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Dr Eli Novak").first).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Dr Eli Novak").first).to_be_visible()
    page.goto(STEP)
    page.get_by_role("button", name="Remove This computer").click()
    expect(page.get_by_text("Removed.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove This computer")).to_have_count(0)


def test_a_copy_of_the_page_without_its_passkey_gets_nowhere(page_as, passkeys):
    page = page_as(None)
    session, device = passkeys(page)
    enter(page, "fulllist@kinbook.example")
    page.goto(f"{STEP}passkey/")
    page.get_by_label("Name").fill("Key")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    code = page.locator(".codes code").first.inner_text()
    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    session.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    enter(page, "fulllist@kinbook.example")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not read")
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Fay Lund").first).to_be_visible()
    page.goto(STEP)
    page.get_by_role("button", name="Remove Key").click()
    expect(page.get_by_text("Removed.")).to_be_visible()


def test_a_password_can_be_looked_at(page_as):
    page = page_as(None)
    page.goto("/account/sign-in/")
    field = page.get_by_label("Password")
    field.fill("three quiet green lamps")
    page.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide").click()
    expect(field).to_have_attribute("type", "password")


class Clock:
    """How much the server says is left of a sign-in: told to the page in its place, so that a test need not wait."""

    def __init__(self, context):
        self.left = 900
        self.used = 0
        context.route("**/account/stay/", self.answer)

    def answer(self, route):
        if route.request.method == "POST":
            self.left = 900
            self.used += 1
        route.fulfill(json={"left": self.left})


def look_now(page):
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")


def test_before_it_ends_one_is_asked_in_every_tab_and_stays_in_all_of_them(page_as):
    page = page_as("helen")
    other = page.context.new_page()
    clock = Clock(page.context)
    for each in (page, other):
        each.goto("/settings/practice/")
    clock.left = 100
    for each in (page, other):
        look_now(each)
        expect(each.get_by_role("alertdialog", name="Are you still there?")).to_be_visible()
    assert not look(page, "idle question", again=False)
    page.get_by_role("button", name="Stay signed in").click()
    for each in (page, other):
        expect(each.get_by_role("alertdialog")).to_have_count(0, timeout=10_000)
    assert clock.used >= 1


def leave_desk(page, clock):
    """Let the sign-in be over, as it is after a while without use."""
    page.context.clear_cookies()
    clock.left = 0
    look_now(page)
    page.wait_for_url(re.compile("/account/sign-in/"))


@pytest.fixture
def typed(page_as):
    """Somebody has typed into a page and left; the sign-in has ended. The page, with its clock."""
    page = page_as("helen")
    clock = Clock(page.context)
    page.goto("/settings/practice/")
    page.get_by_label("Street").fill("14 Harbor Lane, second floor")
    leave_desk(page, clock)
    clock.left = 900
    return page


def test_what_was_typed_is_there_again_for_the_same_person(typed):
    kept = typed.evaluate("sessionStorage.getItem('kinbook-unsaved')")
    assert kept
    assert "Harbor" not in kept
    assert "Harbor" not in typed.evaluate("atob(sessionStorage.getItem('kinbook-unsaved'))")
    enter_again(typed, "owner@kinbook.example")
    expect(typed.get_by_label("Street")).to_have_value("14 Harbor Lane, second floor")
    expect(typed.get_by_text("What you had typed is here again")).to_be_visible()
    assert typed.evaluate("sessionStorage.getItem('kinbook-unsaved')") is None


def test_the_next_person_at_the_desk_has_nothing_of_it(typed):
    enter_again(typed, "manager@kinbook.example")
    typed.goto("/settings/practice/")
    expect(typed.get_by_label("Street")).to_have_value("14 Harbor Lane")
    expect(typed.get_by_text("What you had typed")).to_have_count(0)
    assert typed.evaluate("sessionStorage.getItem('kinbook-unsaved')") is None


def test_a_dialog_that_was_open_is_open_again(page_as):
    page = page_as("helen")
    clock = Clock(page.context)
    page.goto("/settings/team/")
    page.get_by_role("button", name="Invite member").click()
    page.get_by_role("dialog").get_by_label("First name").fill("Nora")
    page.get_by_role("dialog").get_by_label("Biller").check()
    leave_desk(page, clock)
    clock.left = 900
    enter_again(page, "owner@kinbook.example")
    expect(page.get_by_role("dialog").get_by_label("First name")).to_have_value("Nora")
    expect(page.get_by_role("dialog").get_by_label("Biller")).to_be_checked()


def enter_again(page, email):
    """Sign in on the page that one was led to."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/settings/"))

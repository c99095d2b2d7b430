"""The door: a link works once, for minutes, by a button; and nobody is told whether an address is known."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from kinbook.access.models import PortalGrant
from kinbook.audit.models import Entry
from kinbook.invitations.commands.sessions import IDLE
from kinbook.invitations.models import Asking, Guest, Link, Session
from kinbook.mail.models import Letter
from kinbook.people.commands.clean import EmailDraft
from kinbook.people.commands.parties import set_emails
from kinbook.people.models import Party
from kinbook.portal.commands.sign_in import answer_asking
from tests.portal.guest import Guest as Browser
from tests.portal.guest import words_of

SIGN_IN = "/portal/sign-in/"


@pytest.fixture(autouse=True)
def fresh_limits(cast):
    cache.clear()


def ask(browser, address):
    """Ask for a link, and do the job that answers."""
    response = browser.post(SIGN_IN, {"email": address})
    for asking in Asking.objects.all():
        answer_asking(asking, datetime.now(UTC))
    return response


def last_link(cast):
    with cast.as_("owner"):
        letter = Letter.objects.order_by("-written_at").first()
        return "/" + letter.links[0].split("/", 3)[3] if letter else None


def test_whoever_is_unknown_is_led_to_sign_in(cast):
    response = Browser().get("/portal/")
    assert (response.status_code, response["Location"]) == (302, SIGN_IN)
    form = Browser().get(SIGN_IN).content.decode()
    assert re.findall(r'<input(?![^>]*hidden)[^>]*name="(\w+)"', form) == ["email"]


def test_the_link_opens_a_page_whose_one_button_signs_in(cast, family):
    browser = Browser()
    ask(browser, "Ana.Ortiz@mail.example")
    link = last_link(cast)
    shown = browser.get(link).content.decode()
    assert shown.count("<button") == 1
    response = browser.post(link)
    assert (response.status_code, response["Location"]) == (302, "/portal/")
    assert "Hello, Ana" in browser.read("/portal/")
    with cast.as_("owner"):
        assert Entry.objects.filter(action="portal.signed_in", viewer_id=cast.people["ana"]).count() == 1
        assert Guest.objects.get(party_id=cast.people["ana"]).address == "ana.ortiz@mail.example"


def test_a_scanner_that_opens_the_link_uses_nothing_up(cast, family):
    browser = Browser()
    ask(browser, "ana.ortiz@mail.example")
    link = last_link(cast)
    for _ in range(3):
        assert Browser().get(link).status_code == 200
        assert Browser().head(link).status_code == 200
    assert browser.post(link).status_code == 302


def test_a_link_works_once(cast, family):
    browser = Browser()
    ask(browser, "ana.ortiz@mail.example")
    link = last_link(cast)
    assert browser.post(link).status_code == 302
    for again in (browser.post(link), Browser().get(link)):
        assert again.status_code == 410
        assert "Send me a new link" in words_of(again)


def test_a_link_is_over_after_fifteen_minutes(cast, family):
    browser = Browser()
    ask(browser, "ana.ortiz@mail.example")
    link = last_link(cast)
    Link.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert browser.get(link).status_code == browser.post(link).status_code == 410


def test_a_link_opened_in_another_browser_says_so_before_its_button(cast, family):
    browser = Browser()
    ask(browser, "ana.ortiz@mail.example")
    link = last_link(cast)
    assert "another device" not in words_of(browser.get(link))
    assert "another device" in words_of(Browser().get(link))


@pytest.mark.parametrize("address", ["ana.ortiz@mail.example", "nobody@mail.example", "biller@kinbook.example"])
def test_the_answer_is_the_same_whoever_asks(cast, family, address):
    response = Browser().post(SIGN_IN, {"email": address})
    assert (response.status_code, response["Location"]) == (302, "/portal/sign-in/sent/")
    with cast.as_("owner"):
        assert not Letter.objects.exists()


def test_an_unknown_address_gets_no_mail_and_leaves_nothing(cast, family):
    ask(Browser(), "nobody@mail.example")
    assert last_link(cast) is None
    assert not Asking.objects.exists()


def test_somebody_without_access_gets_no_mail(cast, family):
    with cast.as_("owner"):
        PortalGrant.objects.all().update(access=False)
    ask(Browser(), "ana.ortiz@mail.example")
    assert last_link(cast) is None


def test_what_is_no_address_is_told_beside_the_field(cast):
    response = Browser().post(SIGN_IN, {"email": "ana"})
    assert response.status_code == 422
    assert "name@example.org" in words_of(response)


def test_too_many_tries_for_one_address_send_no_more_and_tell_nobody(cast, family):
    for _ in range(7):
        assert ask(Browser(), "ana.ortiz@mail.example").status_code == 302
    with cast.as_("owner"):
        assert Letter.objects.count() == 5


def test_too_many_tries_from_one_place_wait(cast):
    answers = [Browser().post(SIGN_IN, {"email": f"x{each}@mail.example"}).status_code for each in range(41)]
    assert set(answers[:40]) == {302}
    assert answers[40] == 429


def test_one_mailbox_opens_the_portal_of_one_person(cast, family):
    with cast.as_("owner") as viewer:
        set_emails(viewer, Party.objects.get(pk=cast.people["ben"]), [EmailDraft("ana.ortiz@mail.example")])
    ask(Browser(), "ana.ortiz@mail.example")
    with cast.as_("owner"):
        assert [each.party_id for each in Letter.objects.all()] == [cast.people["ana"]]


def test_a_minor_whose_mailbox_a_parent_reads_is_not_let_in_by_it(cast, family):
    with cast.as_("owner") as viewer:
        set_emails(viewer, Party.objects.get(pk=cast.people["mia"]), [EmailDraft("ana.ortiz@mail.example")])
    ask(Browser(), "ana.ortiz@mail.example")
    with cast.as_("owner"):
        assert [each.party_id for each in Letter.objects.all()] == [cast.people["ana"]]


def test_a_session_is_over_after_fifteen_idle_minutes(guest):
    ana = guest("ana")
    assert ana.get("/portal/").status_code == 200
    Session.objects.update(seen_at=datetime.now(UTC) - IDLE)
    assert ana.get("/portal/")["Location"] == SIGN_IN


def test_signing_out_ends_the_session_everywhere(guest):
    ana = guest("ana")
    assert ana.post("/portal/sign-out/")["Location"] == SIGN_IN
    assert not Session.objects.exists()


def test_staff_and_family_have_two_doors(cast, guest):
    from tests.scheduling.visitor import Visitor

    assert Visitor(cast, "owner").get("/portal/")["Location"] == SIGN_IN
    assert guest("ana").get("/clients/")["Location"].startswith("/account/sign-in/")


def test_a_closed_portal_signs_out_kindly(cast, guest):
    ana = guest("ana")
    with cast.as_("owner"):
        PortalGrant.objects.all().update(access=False)
    response = ana.get("/portal/", follow=True)
    assert "ask the practice" in words_of(response)
    assert not Session.objects.exists()


def test_pages_are_kept_by_no_browser(guest):
    assert guest("ana").get("/portal/")["Cache-Control"] == "private, no-store"

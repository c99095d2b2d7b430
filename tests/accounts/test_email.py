"""A new e-mail: in force once both addresses have confirmed, and stopped from the old one."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinbook.accounts.models import EmailChange
from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from kinbook.team.models import Member, User
from tests.accounts.conftest import is_in, sign_in
from tests.api.caller import Caller
from tests.api.test_hostile import HOSTILE
from tests.cast import PASSWORD
from tests.scheduling.visitor import Visitor

OLD, NEW = "kim@kinbook.example", "june@mail.example"


def link(cast, to):
    with cast.as_("owner"):
        letter = Letter.objects.filter(to=to).latest("written_at", "pk")
        return letter.links[0].removeprefix("http://localhost:8000") if letter.links else ""


def ask(cast, email=NEW):
    return Visitor(cast, "kim").post("/settings/account/e-mail/", {"email": email})


def email_of(cast, name="kim"):
    with cast.as_("owner"):
        return Member.objects.select_related("user").get(pk=cast.members[name]).user.email


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_both_confirm_in_any_order_and_then_it_is_in_force(cast, order):
    signed_in = sign_in()
    assert ask(cast).status_code == 302
    first, second = (link(cast, to) for to in order)
    assert "Thank you" in Client().post(first).content.decode()
    assert email_of(cast) == OLD
    assert "is changed" in Client().post(second).content.decode()
    assert email_of(cast) == NEW
    assert not is_in(signed_in), "they sign in anew"
    browser = Client()
    browser.post("/account/sign-in/", {"login": NEW, "password": PASSWORD})
    assert is_in(browser)
    assert not is_in(sign_in())
    with cast.as_("owner"):
        assert Member.objects.get(pk=cast.members["kim"]).email == NEW
        assert Entry.objects.get(action="email.changed").details["email"] == [OLD, NEW]
        assert set(Letter.objects.filter(subject="Your e-mail is changed").values_list("to", flat=True)) == {OLD, NEW}


def test_looking_at_a_link_uses_nothing_up(cast):
    ask(cast)
    for _ in range(3):
        assert Client().get(link(cast, OLD)).status_code == 200
    assert EmailChange.objects.get().old_confirmed_at is None
    assert Client().head(link(cast, NEW)).status_code == 200
    assert EmailChange.objects.get().new_confirmed_at is None


def test_a_link_works_once(cast):
    ask(cast)
    assert Client().post(link(cast, OLD)).status_code == 200
    assert Client().post(link(cast, OLD)).status_code == 404
    assert Client().get(link(cast, OLD)).status_code == 404
    assert email_of(cast) == OLD


def test_the_old_address_stops_it_and_the_new_one_cannot(cast):
    ask(cast)
    assert "Stop it" in Client().get(link(cast, OLD)).content.decode()
    assert "Stop it" not in Client().get(link(cast, NEW)).content.decode()
    Client().post(link(cast, NEW), {"stop": "1"})
    assert EmailChange.objects.exists(), "what came to the new address only confirms"
    assert "stopped" in Client().post(link(cast, OLD), {"stop": "1"}).content.decode()
    assert Client().get(link(cast, NEW)).status_code == 404
    assert email_of(cast) == OLD


def test_it_is_over_after_two_days(cast):
    ask(cast)
    EmailChange.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().post(link(cast, OLD)).status_code == 404
    assert "june@mail" not in Visitor(cast, "kim").get("/settings/account/").content.decode()


def test_asking_again_ends_the_older_links(cast):
    ask(cast)
    older = link(cast, OLD)
    ask(cast, "other@mail.example")
    assert Client().get(older).status_code == 404
    assert EmailChange.objects.get().email == "other@mail.example"


def test_one_takes_it_back_oneself(cast):
    ask(cast)
    page = Visitor(cast, "kim").get("/settings/account/").content.decode()
    assert "june@mail.example" in page
    Visitor(cast, "kim").post("/settings/account/e-mail/stop/")
    assert Client().get(link(cast, NEW)).status_code == 404


def test_links_are_kept_as_hashes_and_subjects_name_nobody(cast):
    ask(cast)
    secret = link(cast, OLD).strip("/").split("/")[-1]
    assert secret.encode() not in bytes(EmailChange.objects.get().old_hash)
    with cast.as_("owner"):
        assert not [each for each in Letter.objects.all() if "Kim" in each.subject or "june" in each.subject]


def test_nobody_learns_that_an_address_is_known(cast):
    taken, free = ask(cast, "biller@kinbook.example"), ask(cast, NEW)
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    ask(cast, "biller@kinbook.example")
    assert link(cast, "biller@kinbook.example") == "", "only its owner is told, without a link"
    Client().post(link(cast, OLD))
    assert email_of(cast) == OLD


def test_an_address_taken_meanwhile_stays_with_whoever_took_it(cast):
    ask(cast)
    Client().post(link(cast, OLD))
    User.objects.create(email=NEW)
    assert Client().post(link(cast, NEW)).status_code == 404
    assert email_of(cast) == OLD


@pytest.mark.parametrize("wrong", ["", "nothing", "a@", "@b", "a b@mail.example", OLD, "x" * 300 + "@mail.example"])
def test_what_is_no_new_address_is_told_beside_the_field(cast, wrong):
    assert ask(cast, wrong).status_code == 422
    assert not EmailChange.objects.exists()


class TestForAMember:
    """Who runs the team asks for somebody else's."""

    def test_it_waits_for_both_as_well(self, cast):
        url = f"/settings/team/{cast.members['kim']}/e-mail/"
        assert Visitor(cast, "manager").post(url, {"email": NEW}).status_code == 302
        with cast.as_("owner"):
            assert "Maya Stone asked" in Letter.objects.get(to=OLD).body
        assert email_of(cast) == OLD

    def test_a_manager_changes_no_owner_and_a_clinician_nobody(self, cast):
        owner = f"/settings/team/{cast.members['owner']}/e-mail/"
        assert Visitor(cast, "manager").post(owner, {"email": NEW}).status_code == 403
        assert Visitor(cast, "kim").post(owner, {"email": NEW}).status_code == 403
        assert not EmailChange.objects.exists()

    def test_a_program_does_the_same_and_sees_that_it_waits(self, cast):
        caller = Caller(cast, "owner")
        shown = caller("PATCH", f"/members/{cast.members['kim']}", {"email": NEW}).json()
        assert (shown["email"], shown["pending_email"]) == (OLD, NEW)
        assert caller("GET", f"/members/{cast.members['kim']}").json()["pending_email"] == NEW
        for to in (OLD, NEW):
            Client().post(link(cast, to))
        shown = caller("GET", f"/members/{cast.members['kim']}").json()
        assert (shown["email"], shown["pending_email"]) == (NEW, None)

    @pytest.mark.parametrize("wrong", ["", "nothing", 5])
    def test_a_program_is_told_what_is_wrong(self, cast, wrong):
        assert Caller(cast, "owner")("PATCH", f"/members/{cast.members['kim']}", {"email": wrong}).status_code in {
            400,
            422,
        }

    def test_whatever_a_program_sends_is_refused_as_such(self, cast):
        caller = Caller(cast, "owner")
        for wrong in HOSTILE:
            raw = json.dumps({"email": wrong})
            answer = caller("PATCH", f"/members/{cast.members['kim']}", raw=raw)
            assert answer.status_code in {400, 422}, (wrong, answer.content)
        assert not EmailChange.objects.exists()

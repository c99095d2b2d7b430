"""The second step: set up, asked for, used once, and wanted by the practice."""

import re
import time

import pytest
from django.test import Client

from kinbook.accounts.commands.rules import set_rules
from kinbook.accounts.models import Factor, RecoveryCode, SignIn
from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from tests.accounts.conftest import SECOND, SIGN_IN, code, is_in, sign_in
from tests.api.caller import Caller
from tests.cast import PASSWORD
from tests.scheduling.visitor import Visitor

STEP = "/settings/account/second-step/"


def key_on(page):
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")


def codes_on(page):
    return re.findall(r"<code>([a-z0-9-]+)</code>", page.content.decode())


def test_an_app_is_set_up_with_its_first_code_and_recovery_codes_are_shown_once(cast):
    kim = Visitor(cast, "kim")
    page = kim.get(f"{STEP}app/")
    assert '<svg class="square-code"' in page.content.decode()
    secret = key_on(page)
    assert key_on(kim.get(f"{STEP}app/")) == secret, "the key stays while it is being set up"
    assert kim.post(f"{STEP}app/", {"code": "000000"}).status_code == 422
    done = kim.post(f"{STEP}app/", {"code": code(secret)})
    assert done.status_code == 200
    assert len(codes_on(done)) == 10
    assert not codes_on(kim.get(STEP))
    with cast.as_("owner"):
        assert Entry.objects.filter(action="second_step.added").count() == 1


def test_nothing_that_proves_lies_readable_in_the_database(cast, kims_app):
    secret, codes = kims_app
    kept = Factor.objects.get()
    assert secret not in kept.secret
    assert codes[0].replace("-", "").encode() not in [bytes(each.hash) for each in RecoveryCode.objects.all()]


def test_the_first_second_step_ends_what_a_password_alone_has_opened(cast):
    here, elsewhere = Visitor(cast, "kim"), Visitor(cast, "kim")
    secret = key_on(here.get(f"{STEP}app/"))
    here.post(f"{STEP}app/", {"code": code(secret)})
    assert is_in(here)
    assert not is_in(elsewhere)


def test_the_password_leads_to_the_second_step_and_only_both_to_the_practice(cast, kims_app):
    browser = Client()
    first = browser.post(f"{SIGN_IN}?next=/clients/", {"login": "kim@kinbook.example", "password": PASSWORD})
    assert first["Location"] == SECOND
    assert not is_in(browser)
    second = browser.post(SECOND, {"proof_code": code(kims_app[0])})
    assert second["Location"] == "/clients/"
    assert is_in(browser)
    with cast.as_("owner"):
        assert Entry.objects.get(action="member.signed_in").details == {"second_step": "app"}


def test_spaces_in_a_code_do_not_matter(kims_app):
    browser = sign_in()
    shown = code(kims_app[0])
    browser.post(SECOND, {"proof_code": f" {shown[:3]} {shown[3:]} "})
    assert is_in(browser)


def test_a_code_works_once(kims_app):
    used = code(kims_app[0])
    first = sign_in()
    first.post(SECOND, {"proof_code": used})
    assert is_in(first)
    second = sign_in()
    assert second.post(SECOND, {"proof_code": used}).status_code == 422
    assert not is_in(second)


def test_an_older_code_than_the_last_one_used_is_no_use_either(kims_app):
    newer, older = code(kims_app[0], 1), code(kims_app[0])
    sign_in().post(SECOND, {"proof_code": newer})
    late = sign_in()
    late.post(SECOND, {"proof_code": older})
    assert not is_in(late)


def test_a_recovery_code_works_once_however_it_is_written(kims_app):
    browser = sign_in()
    browser.post(SECOND, {"proof_code": kims_app[1][0].upper().replace("-", " ")})
    assert is_in(browser)
    again = sign_in()
    assert again.post(SECOND, {"proof_code": kims_app[1][0]}).status_code == 422
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_new_recovery_codes_end_the_old_ones(cast, kims_app):
    kim = Visitor(cast, "kim")
    new = codes_on(kim.post(f"{STEP}codes/"))
    assert len(new) == 10
    browser = sign_in()
    assert browser.post(SECOND, {"proof_code": kims_app[1][0]}).status_code == 422
    browser.post(SECOND, {"proof_code": new[0]})
    assert is_in(browser)


def test_a_stolen_half_way_session_opens_nothing_and_dies_with_the_sign_in(kims_app):
    browser, thief = sign_in(), Client()
    thief.cookies["kinbook"] = browser.cookies["kinbook"].value
    for url in ("/", "/clients/", "/settings/account/", STEP, f"{STEP}app/"):
        assert thief.get(url)["Location"].startswith(SIGN_IN), url
    assert thief.get("/account/stay/").json() == {"left": 0}
    browser.post(SECOND, {"proof_code": code(kims_app[0])})
    assert is_in(browser)
    assert not is_in(thief)


def test_half_way_ends_after_a_quarter_of_an_hour(kims_app, monkeypatch):
    browser, shown = sign_in(), code(kims_app[0])
    started = time.time()
    monkeypatch.setattr("time.time", lambda: started + 16 * 60)
    assert browser.post(SECOND, {"proof_code": shown})["Location"] == SIGN_IN
    assert not is_in(browser)


def test_the_page_is_for_nobody_else(cast):
    assert Client().get(SECOND)["Location"] == SIGN_IN
    assert Visitor(cast, "kim").get(SECOND).status_code == 302


def test_five_wrong_codes_close_the_second_step_for_a_while_and_are_told(cast, kims_app):
    browser = sign_in()
    for _ in range(5):
        assert browser.post(SECOND, {"proof_code": "000000"}).status_code == 422
    closed = browser.post(SECOND, {"proof_code": code(kims_app[0])})
    assert closed.status_code == 422
    assert "Too many tries" in closed.content.decode()
    again = sign_in()
    again.post(SECOND, {"proof_code": code(kims_app[0])})
    assert not is_in(again), "starting anew does not help"


@pytest.mark.parametrize("sent", ["", "x" * 5000, "\x00", "١٢٣٤٥٦", "123456 OR 1=1"])
def test_whatever_else_is_sent_is_no_code(kims_app, sent):
    browser = sign_in()
    assert browser.post(SECOND, {"proof_code": sent}).status_code == 422
    assert not is_in(browser)


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", "{", '{"id": 1}', '{"rawId": "AA", "id": "AA", "response": {}}']
)
def test_whatever_else_is_sent_is_no_passkey(cast, kims_app, sent):
    browser = sign_in()
    browser.post("/account/passkey/options/")
    assert browser.post(SECOND, {"proof_passkey": sent}).status_code == 422
    assert Client().post("/account/passkey/", {"proof_passkey": sent}).status_code == 422
    kim = Visitor(cast, "kim")
    kim.post(f"{STEP}passkey/options/")
    assert kim.post(f"{STEP}passkey/", {"name": "Mine", "passkey": sent}).status_code == 422


def test_a_second_step_is_removed_by_its_owner_only(cast, kims_app):
    factor = Factor.objects.get()
    assert Visitor(cast, "owner").post(f"{STEP}{factor.pk}/remove/").status_code == 404
    assert Visitor(cast, "kim").post(f"{STEP}{factor.pk}/remove/").status_code == 302
    assert not RecoveryCode.objects.exists()
    assert is_in(sign_in())


def test_who_runs_the_team_removes_one_that_is_lost_and_it_is_told(cast, kims_app):
    kim = sign_in()
    kim.post(SECOND, {"proof_code": code(kims_app[0])})
    url = f"/settings/team/{cast.members['kim']}/second-step/"
    assert Visitor(cast, "biller").post(url).status_code == 403
    assert Visitor(cast, "manager").post(url).status_code == 302
    assert not is_in(kim)
    assert is_in(sign_in())
    with cast.as_("owner"):
        assert Letter.objects.get().to == "kim@kinbook.example"
        assert Entry.objects.filter(action="second_step.reset").count() == 1
    assert Visitor(cast, "manager").post(url).status_code == 409
    assert Visitor(cast, "manager").post(f"/settings/team/{cast.members['owner']}/second-step/").status_code == 403
    assert Visitor(cast, "owner").post(f"/settings/team/{cast.members['owner']}/second-step/").status_code == 409


class TestWanted:
    """The practice wants a second step."""

    def want(self, cast, second_step, roles=()):
        with cast.as_("owner") as viewer:
            set_rules(viewer, second_step=second_step, roles=roles, idle_minutes=15)

    @pytest.mark.parametrize(
        ("second_step", "roles", "led"),
        [
            ("nobody", [], set()),
            ("administrators", [], {"owner", "manager"}),
            ("roles", ["biller", "clinician_billing"], {"biller", "kim"}),
            ("everyone", [], {"owner", "manager", "kim", "biller", "scheduler"}),
        ],
    )
    def test_whoever_owes_one_is_led_to_it_and_nowhere_else(self, cast, second_step, roles, led):
        self.want(cast, second_step, roles)
        for name in ("owner", "manager", "kim", "biller", "scheduler"):
            visitor = Visitor(cast, name)
            for url in ("/settings/account/", "/calendar/", "/settings/tokens/"):
                answer = visitor.get(url)
                assert (answer.status_code == 302 and answer["Location"] == STEP) is (name in led), (name, url)

    def test_what_is_posted_is_not_done_either_and_a_dialog_leads_there_whole(self, cast):
        self.want(cast, "everyone")
        owner = Visitor(cast, "owner")
        made = {"first_name": "N", "last_name": "H", "email": "n@mail.example", "roles": ["biller"]}
        assert owner.post("/settings/team/new/", made)["Location"] == STEP
        assert owner.dialog("/settings/team/new/")["HX-Redirect"] == STEP

    def test_once_it_is_set_up_everything_is_open(self, cast):
        self.want(cast, "everyone")
        kim = Visitor(cast, "kim")
        page = kim.get(STEP)
        assert "Your practice wants a second step" in page.content.decode()
        secret = key_on(kim.get(f"{STEP}app/"))
        kim.post(f"{STEP}app/", {"code": code(secret)})
        assert is_in(kim)

    def test_the_last_one_stays(self, cast, kims_app):
        self.want(cast, "everyone")
        kim = sign_in()
        kim.post(SECOND, {"proof_code": code(kims_app[0])})
        refused = kim.post(f"{STEP}{Factor.objects.get().pk}/remove/")
        assert refused.status_code == 409
        assert Factor.objects.exists()

    def test_tokens_work_on(self, cast):
        self.want(cast, "everyone")
        assert Caller(cast, "owner")("GET", "/clients").status_code == 200

    def test_only_who_runs_the_practice_wants_it(self, cast):
        sent = {"second_step": "everyone", "idle_minutes": "15"}
        assert Visitor(cast, "kim").post("/settings/signing-in/", sent).status_code == 403
        assert Visitor(cast, "manager").post("/settings/signing-in/", sent).status_code == 302

    @pytest.mark.parametrize(
        "wrong",
        [
            {"second_step": "king"},
            {"second_step": "roles"},
            {"second_step": "roles", "second_step_roles": ["king"]},
            {"idle_minutes": "4"},
            {"idle_minutes": "61"},
            {"idle_minutes": "long"},
            {"version": "0"},
        ],
    )
    def test_what_cannot_stand_is_told_beside_the_field(self, cast, wrong):
        sent = {"second_step": "nobody", "idle_minutes": "15", "version": "1", **wrong}
        assert Visitor(cast, "owner").post("/settings/signing-in/", sent).status_code == 422


def test_letters_about_it_name_no_code(cast, kims_app):
    with cast.as_("owner"):
        assert not Letter.objects.exists()
    assert SignIn.objects.count() == 0

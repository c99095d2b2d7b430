"""Wrong passwords: counted, told to whoever has the address, and to nobody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.accounts.commands.tries import ACCOUNT, LONGEST, count_failure, waits_until
from kinbook.accounts.jobs import tell_locked
from kinbook.accounts.models import Tries
from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from kinbook.team.models import User
from tests.accounts.conftest import SIGN_IN, is_in, sign_in
from tests.cast import PASSWORD

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def wrong(name, times=5):
    for place in range(times):
        answer = Client(REMOTE_ADDR=f"203.0.113.{place}").post(
            SIGN_IN, {"login": f"{name}@kinbook.example", "password": "wrong"}
        )
    return re.sub(r"[A-Za-z0-9]{64}|value=\"[^\"]*\"", "", answer.content.decode())


def told():
    return list(ProcrastinateJob.objects.filter(task_name="accounts.tell_locked").values_list("args", flat=True))


def test_an_account_closes_after_five_whether_it_is_known_or_not(cast):
    assert wrong("kim") == wrong("nobody")
    assert wrong("kim", 1) == wrong("nobody", 1)
    assert not is_in(sign_in("kim"))
    assert is_in(sign_in("owner"))


def test_the_owner_of_the_address_has_one_letter_and_a_stranger_none(cast):
    wrong("kim", 12)
    wrong("nobody", 12)
    asked = told()
    assert len(asked) == 2, "one each: the answer takes as long for an address that nobody has"
    for each in asked:
        tell_locked(**each)
    with cast.as_("owner"):
        (letter,) = Letter.objects.all()
        assert letter.to == "kim@kinbook.example"
        assert Entry.objects.filter(action="member.locked_out").count() == 1


def test_it_opens_again_and_the_right_password_begins_anew(cast):
    wrong("kim")
    Tries.objects.update(waits_until=datetime.now(UTC) - timedelta(seconds=1))
    assert is_in(sign_in("kim"))
    assert Tries.objects.exclude(failed=1).count() == 0
    wrong("kim", 4)
    assert is_in(sign_in("kim"))


def test_a_new_password_opens_it_at_once(cast):
    wrong("kim")
    browser = Client()
    browser.post("/account/password/", {"email": "kim@kinbook.example"})
    with cast.as_("owner"):
        link = Letter.objects.get(to="kim@kinbook.example", subject="Choose a new password").links[0]
    asked = browser.get(link.removeprefix("http://localhost:8000"), follow=True)
    new = "three quiet green lamps"
    browser.post(asked.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert is_in(sign_in("kim", new))


def test_each_further_five_wait_twice_as_long_up_to_an_hour(db):
    waits = []
    for place in range(1, 41):
        count_failure("x", ACCOUNT, NOW)
        if place % 5 == 0:
            waits.append((waits_until("x", NOW) - NOW) // timedelta(minutes=1))
    assert waits == [5, 10, 20, 40, 60, 60, 60, 60]
    assert timedelta(hours=1) == LONGEST


def test_after_a_day_all_is_forgotten(db):
    for _ in range(4):
        count_failure("x", ACCOUNT, NOW)
    assert count_failure("x", ACCOUNT, NOW + timedelta(hours=25)) == 1


def test_what_was_typed_is_kept_nowhere(cast):
    wrong("kim", 1)
    assert all(b"kim" not in bytes(each.hash) and len(bytes(each.hash)) == 32 for each in Tries.objects.all())
    assert User.objects.get(email="kim@kinbook.example").check_password(PASSWORD)


@pytest.mark.parametrize(
    "typed", ["\x00", "x" * 3000, "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace")]
)
def test_whatever_is_typed_is_counted_and_refused(cast, typed):
    answer = Client().post(SIGN_IN, {"login": typed, "password": typed})
    assert answer.status_code == 200

"""One's own password, changed; and what is refused wherever one is chosen."""

import unicodedata

import pytest
from django.test import Client

from kinbook.config.passwords import Argon2Hasher, HardToGuess
from tests.accounts.conftest import is_in, sign_in
from tests.cast import PASSWORD
from tests.scheduling.visitor import Visitor

NEW = "three quiet green lamps"
CHANGE = "/settings/account/password/"


def test_a_new_password_ends_the_other_sign_ins_and_not_this_one(cast):
    here, there = sign_in(), sign_in()
    assert here.post(CHANGE, {"password": NEW}).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert is_in(sign_in(password=NEW))
    assert not is_in(sign_in())


@pytest.mark.parametrize(
    ("weak", "because"),
    [
        ("", "required"),
        ("short", "at least 12"),
        ("x" * 300, "at most 256"),
        ("password1234", "among the first"),
        ("Harbor-Lane-2026", "known here"),
        ("JuneKimJuneKim1", "known here"),
        ("kim@kinbook.example", "known here"),
        ("123456789012", "pattern"),
    ],
)
def test_a_weak_one_is_told_beside_the_field(cast, weak, because):
    answer = Visitor(cast, "kim").post(CHANGE, {"password": weak})
    assert answer.status_code == 422
    assert because in answer.content.decode()
    assert is_in(sign_in(password=PASSWORD))


@pytest.mark.parametrize(
    "good",
    [
        " ".join(f"word{place}" for place in range(30)),
        "пароль из трёх слов",
        "🌲🌧️🐟 and then some",
        "  spaces at both ends  ",
    ],
)
def test_long_ones_of_any_letters_are_taken_as_they_are(cast, good):
    assert Visitor(cast, "kim").post(CHANGE, {"password": good}).status_code == 302
    assert is_in(sign_in(password=good))


def test_a_forgotten_one_is_chosen_by_the_same_rule(cast):
    browser = Client()
    browser.post("/account/password/", {"email": "kim@kinbook.example"})
    from kinbook.mail.models import Letter

    with cast.as_("owner"):
        link = Letter.objects.get().links[0].removeprefix("http://localhost:8000")
    at = browser.get(link, follow=True).redirect_chain[-1][0]
    told = browser.post(at, {"password1": "Harbor-Lane-2026", "password2": "Harbor-Lane-2026"})
    assert "known here" in told.content.decode()


def test_one_typed_on_another_keyboard_is_the_same():
    hasher = Argon2Hasher()
    kept = hasher.encode(unicodedata.normalize("NFD", "drei grüne Lampen"), hasher.salt())
    assert hasher.verify(unicodedata.normalize("NFC", "drei grüne Lampen"), kept)
    assert not hasher.verify("drei grune Lampen", kept)
    assert not hasher.verify("x" * 100_000, kept)


def test_without_knowing_anybody_the_rule_still_holds():
    HardToGuess().validate(NEW)
    assert "12" in HardToGuess().get_help_text()


def test_pasting_is_allowed_and_managers_know_the_field(cast):
    page = Visitor(cast, "kim").dialog(CHANGE).content.decode()
    assert 'autocomplete="new-password"' in page
    assert "onpaste" not in page

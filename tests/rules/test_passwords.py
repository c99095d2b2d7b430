"""What a new password must not be."""

import unicodedata

import pytest

from kinbook.rules.passwords import normal, weakness

WORDS = ["kinbook", "june.kim", "harborlane.example", "Harbor Lane Family Therapy", "June", "Kim"]
COMMON = {"password", "iloveyou", "basketball123", "dragon"}


def weak(password):
    return weakness(password, WORDS, COMMON.__contains__)


@pytest.mark.parametrize(
    "password",
    [
        "three quiet green lamps",
        "correct horse battery staple",
        "aaaa bbbb cccc dddd",
        "84729105738492",
        "пароль из трёх слов",
        "🌲🌧️🐟 and then some",
        "x" * 3 + "y" * 3 + "z" * 250,
        "        spaces        count too",
    ],
)
def test_long_and_one_s_own_is_good_whatever_it_is_made_of(password):
    assert weak(password) == ""


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("", "at least 12"),
        ("three lamps", "at least 12"),
        ("x" * 300, "at most 256"),
        ("aaaaaaaaaaaa", "pattern"),
        ("abcabcabcabcab", "pattern"),
        ("abcdefghijklmn", "pattern"),
        ("0123456789:;", "pattern"),
        ("password2026!", "among the first"),
        ("!!!PASSWORD!!!", "among the first"),
        ("iloveyouiloveyou", "among the first"),
        ("basketball123", "among the first"),
        ("harborlane2026", "known here"),
        ("june.kim@harborlane.example", "known here"),
        ("Kinbook-Kinbook1", "known here"),
    ],
)
def test_what_others_try_first_is_refused_with_the_reason(password, because):
    assert because in weak(password)


def test_one_password_typed_on_two_keyboards_is_one():
    composed, apart = (
        unicodedata.normalize("NFC", "drei grüne Lampen"),
        unicodedata.normalize("NFD", "drei grüne Lampen"),
    )
    assert composed != apart
    assert normal(composed) == normal(apart)

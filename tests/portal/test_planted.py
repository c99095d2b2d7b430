"""Planted words: every text of one parent is marked, and no mark is found in anything the other can reach."""

import pytest

from tests.cast import Cast
from tests.conftest import empty, make_room
from tests.portal.planted import MARKS, plant, reach_of

ECHOED = "?search="
"""What somebody typed themselves stands on the page again: that tells them nothing."""


@pytest.fixture(scope="module")
def reached(django_db_setup, django_db_blocker, translations):
    """Return what each of the family reaches, by name and place."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as monkeypatch:
        make_room()
        cast = Cast.enter()
        family = plant(monkeypatch, cast)
        yield {name: reach_of(cast, family, name) for name in MARKS}
        empty()


def places(found, mark):
    return [where for where, words in found.items() if mark in words and ECHOED not in where]


@pytest.mark.parametrize("name", MARKS)
def test_everybody_reads_their_own(reached, name):
    """Else nothing would be found of anybody, and the test below could not fail."""
    mine = places(reached[name], MARKS[name])
    wanted = (
        ["messages", "files"]
        if name == "mia"
        else ["messages", "files", "billing", "pdf", "profile", "letter", "documents", "receipt", "years"]
    )
    assert [each for each in wanted if not any(each in where for where in mine)] == []


@pytest.mark.parametrize(("name", "other"), [(one, two) for one in MARKS for two in MARKS if one != two])
def test_nobody_reads_a_word_of_another(reached, name, other):
    assert places(reached[name], MARKS[other]) == []


def test_much_was_reached(reached):
    assert all(len(found) > 40 for found in reached.values())

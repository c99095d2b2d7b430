"""Searching messages: words and parts of words, with and without accents, and only what one may read."""

import pytest

from kinbook.messaging.queries.search import found
from kinbook.messaging.queries.talks import Filters, talk_list

SAID = ("La reunión es el miércoles", "Straße 100% sure, under_score", "The piano lesson moved")


@pytest.fixture
def told(family):
    family.talk("ana", said=[("ana", words) for words in SAID])
    family.talk("ben", said=[("ben", "The piano of Ben")])
    return family


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("reunion", 1),
        ("REUNIÓN miercoles", 1),
        ("rcole", 1),
        ("strasse", 1),
        ("100%", 1),
        ("%", 1),
        ("under_s", 1),
        ("_", 1),
        ("piano", 2),
        ("piano lesson", 1),
        ("lesson pia", 1),
        ("es", 2),
        ("nothing", 0),
        ("   ", 0),
        ("'; DROP TABLE messaging_message; --", 0),
        ("\x00\\", 0),
    ],
)
def test_words_and_parts_of_words_are_found(told, text, number):
    with told.as_("owner") as viewer:
        assert found(viewer, text).count() == number


def test_each_parent_finds_their_own(told):
    with told.as_("ana") as viewer:
        assert [each.body for each in found(viewer, "piano")] == ["The piano lesson moved"]
    with told.as_("ben") as viewer:
        assert [each.body for each in found(viewer, "piano")] == ["The piano of Ben"]
        assert talk_list(viewer, Filters(search="lesson")).rows == []


def test_who_may_not_read_finds_nothing(told):
    for who in ("biller", "scheduler", "basic", "fulllist"):
        with told.as_(who) as viewer:
            assert not found(viewer, "piano").exists(), who


def test_a_conversation_is_found_by_its_people_too(told):
    with told.as_("kim") as viewer:
        assert [row.title for row in talk_list(viewer, Filters(search="ben ort")).rows] == ["Ben Ortiz"]
        assert len(talk_list(viewer, Filters(search="mia")).rows) == 2
        assert [row.title for row in talk_list(viewer, Filters(search="reunion")).rows] == ["Ana Ortiz"]

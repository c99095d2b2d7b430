"""Amounts as people type them."""

import re

import pytest

from kinbook.web.money import read_cents


@pytest.mark.parametrize("text", ["12,50", "1,2", "1,2345", "1.200,50", ",5", "12."])
def test_an_amount_that_could_be_read_in_two_ways_is_not_guessed(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        read_cents(text)


def test_an_amount_is_read_as_people_type_it():
    assert [read_cents(text) for text in ("120", "$1,200.50", "1 200.5", "12,345,678")] == [
        120_00,
        1_200_50,
        1_200_50,
        12_345_678_00,
    ]

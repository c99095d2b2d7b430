"""The codes of an authenticator app, against the examples of RFC 6238."""

import base64

import pytest

from kinbook.rules.codes import code_at, step_at, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert code_at(SECRET, step_at(seconds)) == code
    assert step_of(SECRET, code, seconds) == step_at(seconds)


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    now = 1_700_000_000
    for shift, taken in ((-60, False), (-30, True), (30, True), (60, False)):
        assert (step_of(SECRET, code_at(SECRET, step_at(now + shift)), now) is not None) is taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٠٨١٨٠٤"])
def test_what_is_no_code_is_none(typed):
    assert step_of(SECRET, typed, 59) is None

"""What a discount takes off: never more than the fee, rounded down to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinbook.rules.discount import Terms, spoken_terms, taken_off

TERMS = st.one_of(
    st.builds(Terms, percent=st.integers(1, 10_000)),
    st.builds(Terms, cents=st.integers(1, 10**8)),
    st.builds(Terms, fixed_cents=st.integers(0, 10**8)),
)


@pytest.mark.parametrize(
    ("terms", "off", "told"),
    [
        (Terms(percent=3333), 39_99, "33.33 % off"),
        (Terms(cents=40_00), 40_00, "40.00 off"),
        (Terms(cents=400_00), 120_00, "400.00 off"),
        (Terms(fixed_cents=80_00), 40_00, "80.00 instead of the fee"),
        (Terms(fixed_cents=150_00), 0, "150.00 instead of the fee"),
        (Terms(fixed_cents=0), 120_00, "0.00 instead of the fee"),
    ],
)
def test_of_120_it_takes(terms, off, told):
    assert taken_off(120_00, terms) == off
    assert spoken_terms(terms) == told


@given(fee=st.integers(0, 10**9), terms=TERMS)
def test_what_is_left_is_between_nothing_and_the_fee(fee, terms):
    assert 0 <= taken_off(fee, terms) <= fee

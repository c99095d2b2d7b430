"""A fee that is lowered lowers shares by the rule where it can, in proportion where it cannot; nobody's grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinbook.rules.lowered import lowered


@pytest.mark.parametrize(
    ("shares", "total", "decided", "after"),
    [
        ([("ana", 120_00)], 100_00, None, [100_00]),
        ([("ana", 70_00), ("ben", 50_00)], 100_00, {"ana": 50_00, "ben": 50_00}, [50_00, 50_00]),
        ([("ana", 72_00), ("ben", 48_00)], 100_00, None, [60_00, 40_00]),
        ([("ana", 1), ("ben", 1), ("cy", 1)], 2, None, [1, 1, 0]),
        ([("ana", 72_00), ("ben", 48_00)], 100_00, {"ana": 100_00}, [60_00, 40_00]),
    ],
)
def test_it_comes_to(shares, total, decided, after):
    assert lowered(shares, total, decided) == after


@given(
    cents=st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
    part=st.integers(0, 99),
    decided=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**6), max_size=5),
)
def test_the_shares_add_up_and_none_grows(cents, part, decided):
    shares = list(zip("abcde", cents, strict=False))
    total = sum(cents) * part // 100
    after = lowered(shares, total, decided)
    assert sum(after) == total
    assert all(0 <= new <= old for new, old in zip(after, cents, strict=True))

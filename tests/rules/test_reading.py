"""Rules as programs write them: read and written back unchanged, and refused in words when they make no sense."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinbook.rules.arrangement import Cap, ExceptionRule, Kind, Rule, Single
from kinbook.rules.reading import (
    Unreadable,
    read_exception,
    read_rule,
    write_exception,
    write_rule,
)
from tests.rules.histories import methods


@given(methods())
def test_a_rule_survives_writing_and_reading(method):
    rule = Rule(method, (Cap(method.payers[0], cents=5, excess_to="grandma"),))
    assert read_rule(write_rule(rule)) == rule


def test_an_exception_survives_too():
    late = ExceptionRule(Rule(Single("ben")), kind=Kind.MISSED)
    assert read_exception(write_exception(late)) == late


json_like = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
fields = ("payers", "weights", "amounts", "anchor", "cycle", "dates", "caps")


@given(
    st.sampled_from(["single", "by_appointment", "by_week", "custody", "percent", "amount"]),
    st.dictionaries(st.sampled_from(fields), json_like),
)
def test_nonsense_is_refused_in_words(mode, parts):
    with suppress(Unreadable):
        read_rule({"mode": mode, **parts})


@given(json_like, json_like, json_like, json_like)
def test_nonsense_in_an_exception_or_a_cap_is_refused_in_words(service, kind, sessions, per):
    single = {"mode": "single", "payers": ["ana"]}
    with suppress(Unreadable):
        read_exception({"service_id": service, "kind": kind, "rule": single})
    with suppress(Unreadable):
        cap = {"payer": "ana", "sessions": sessions, "per": per, "excess_to": "ben"}
        assert read_rule({**single, "caps": [cap]}).caps[0].sessions <= 100_000


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"mode": "magic", "payers": ["a"]}, "mode is one of"),
        ({"mode": "single", "payers": ["a", "b"]}, "exactly one"),
        ({"mode": "single", "payers": []}, "Name who pays"),
        ({"mode": "percent", "payers": ["a", "b"], "weights": [5000, 4000]}, "add up to 100"),
        ({"mode": "percent", "payers": ["a", "a"], "weights": [5000, 5000]}, "named once"),
        ({"mode": "by_appointment", "payers": ["a"]}, "at least two"),
        ({"mode": "by_appointment", "payers": ["a", "b"], "weights": [1, 0]}, "whole numbers from 1"),
        ({"mode": "by_week", "payers": ["a", "b"], "anchor": "Monday"}, "is a date"),
        ({"mode": "custody", "anchor": "2026-11-02", "cycle": ["a"] * 29}, "1 to 28 days"),
        (
            {"mode": "custody", "anchor": "2026-11-02", "cycle": ["a"], "payers": ["b"]},
            "not among the payers",
        ),
        ({"mode": "amount", "payers": ["a", "b"], "amounts": {"a": 1, "b": 2}}, "takes the rest"),
        ({"mode": "amount", "payers": ["a", "b"], "amounts": {"a": -1}}, "not negative"),
        ({"mode": "single", "payers": ["a"], "caps": [{"payer": "a", "cents": 1}]}, "takes the excess"),
        ({"mode": "single", "payers": ["a"], "caps": [{"payer": "a"}]}, "names an amount"),
    ],
)
def test_each_mistake_has_its_sentence(rule, words):
    with pytest.raises(Unreadable, match=words):
        read_rule(rule)

"""Random families and random histories: what happened, in any order, before the next decision is asked for."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from kinbook.rules.afterwards import freed, readdressed
from kinbook.rules.arrangement import (
    ByAmount,
    ByAppointment,
    ByCustody,
    ByPercent,
    ByWeek,
    Cap,
    Coverage,
    ExceptionRule,
    Kind,
    Per,
    Rule,
    Single,
)
from kinbook.rules.custody import CustodyCalendar
from kinbook.rules.facts import Facts, Override, Share, Source
from kinbook.rules.money import WHOLE
from kinbook.rules.periods import Period
from tests.rules.family import ANA, BEN, CY, arrangement, charge, facts, fix

START = date(2026, 1, 5)
days = st.integers(0, 200).map(lambda offset: START + timedelta(offset))
people = st.lists(st.sampled_from([ANA, BEN, CY]), min_size=2, max_size=3, unique=True).map(tuple)


@st.composite
def percents(draw, payers=None):
    payers = payers or draw(people)
    many = len(payers) - 1
    cuts = sorted(draw(st.lists(st.integers(1, WHOLE - 1), min_size=many, max_size=many, unique=True)))
    weights = tuple(after - before for before, after in pairwise([0, *cuts, WHOLE]))
    return ByPercent(payers, weights)


@st.composite
def methods(draw):
    payers = draw(people)
    return draw(
        st.one_of(
            st.just(Single(payers[0])),
            st.tuples(*[st.integers(1, 3)] * len(payers)).map(lambda each: ByAppointment(payers, each)),
            days.map(lambda anchor: ByWeek(payers, anchor)),
            st.lists(st.sampled_from(payers), min_size=1, max_size=28).map(
                lambda cycle: ByCustody(payers, CustodyCalendar(START, tuple(cycle)))
            ),
            percents(payers),
            st.integers(1, 200_00).map(lambda cents: ByAmount(((payers[0], cents),), payers[1])),
        )
    )


@st.composite
def rules(draw):
    method = draw(methods())
    cap = st.builds(
        Cap,
        st.sampled_from(method.payers),
        cents=st.one_of(st.none(), st.integers(0, 500_00)),
        sessions=st.one_of(st.none(), st.integers(0, 5)),
        per=st.sampled_from(Per),
        excess_to=st.one_of(st.none(), st.sampled_from([ANA, BEN, CY])),
    )
    return Rule(method, tuple(draw(st.lists(cap, max_size=2))))


@st.composite
def charges(draw, cents=None):
    kind = draw(st.sampled_from(Kind))
    override = None
    if draw(st.integers(0, 5)) == 0:
        method = draw(st.one_of(st.sampled_from([ANA, BEN, "mia", "school"]).map(Single), percents()))
        override = Override(Rule(method), "Sam", "swap")
    return charge(
        draw(days),
        draw(cents if cents is not None else st.one_of(st.integers(0, 300_00), st.integers(0, 3))),
        kind,
        scheduled=draw(st.booleans()) and kind is Kind.SESSION,
        confidential=draw(st.integers(0, 7)) == 0,
        override=override,
    )


coverages = st.builds(
    Coverage,
    st.sampled_from(["c1", "c2", "c3"]),
    st.sampled_from(["school", "insurer"]),
    st.just(Period()),
    percent=st.one_of(st.none(), st.integers(0, WHOLE)),
    fixed_cents=st.one_of(st.none(), st.integers(0, 200_00)),
    max_sessions=st.one_of(st.none(), st.integers(0, 4)),
    max_cents=st.one_of(st.none(), st.integers(0, 500_00)),
    missed_fees=st.booleans(),
)


@st.composite
def families(draw):
    exceptions = tuple(
        ExceptionRule(draw(rules()), kind=kind) for kind in draw(st.sets(st.sampled_from(Kind), max_size=2))
    )
    change = draw(days)
    first = arrangement(Single(ANA), Period(None, change), name="first")
    rule = draw(rules())
    second = arrangement(
        rule.method,
        Period(change, None),
        caps=rule.caps,
        exceptions=exceptions,
        name="second",
        counts_with=draw(st.sampled_from(["", "first"])),
    )
    return facts(
        draw(st.lists(charges(), max_size=25)),
        arrangements=(first, second),
        coverages=tuple(draw(st.lists(coverages, max_size=2, unique_by=lambda each: each.id))),
        guardians_pay_confidential=draw(st.booleans()),
    )


@st.composite
def lived(draw, known=None) -> Facts:
    """A family after invoices were made, voided, decided anew and given to somebody else."""
    known = draw(known if known is not None else families())
    for step in draw(st.lists(st.sampled_from(["fix", "fix one", "free", "anew", "readdress"]), max_size=8)):
        known = draw(_step(known, step))
    return known


@st.composite
def _step(draw, known, step):
    billable = [each.id for each in known.charges if not each.scheduled and not each.fixed]
    standing = [each for each in known.charges if each.fixed and each.fixed.shares]
    if step == "fix":
        last = draw(days)
        return fix(known, *[each.id for each in known.charges if each.id in billable and each.on <= last], "none")
    if step == "fix one":
        return fix(known, draw(st.sampled_from(billable))) if billable else known
    if not standing:
        return known
    one = draw(st.sampled_from(standing))
    if step == "free":
        return _with(known, replace(one, fixed=freed(one.fixed)))
    if step == "anew":
        return _with(known, replace(one, fixed=None))
    old = one.fixed.shares[:1]
    to = draw(st.sampled_from([ANA, BEN, CY, "mia"]))
    new = [Share(to, old[0].cents, "re-addressed", "your share", Source.READDRESS)]
    return _with(known, replace(one, fixed=readdressed(one.fixed, old, new)))


def _with(known, changed):
    return replace(known, charges=tuple(changed if each.id == changed.id else each for each in known.charges))

"""Repeating appointments: the days a rule names, held against a library, and rules that name nothing."""

from datetime import date, datetime, time
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from kinbook.rules.repeats import (
    MOST,
    WEEKDAYS,
    Unrepeatable,
    count_before,
    ended_before,
    moved_rule,
    occurrences,
    read_repeat,
    with_first_counted,
)

local = datetime.fromisoformat
NEW_YORK = ZoneInfo("America/New_York")
FRIDAY = local("2026-11-20T16:00")
A_YEAR_ON = date(2027, 11, 20)


def named(text, first=FRIDAY, until=A_YEAR_ON):
    return [f"{each:%m-%d}" for each in occurrences(read_repeat(text, first, NEW_YORK), after=None, until=until)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["11-20", "11-27", "12-04"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261218", ["11-20", "12-04", "12-18"]),
        ("freq=weekly;byday=fr,mo;count=3", ["11-20", "11-23", "11-27"]),
        ("FREQ=MONTHLY;BYDAY=3FR;COUNT=3", ["11-20", "12-18", "01-15"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["11-27", "12-25"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["11-30", "12-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["12-31", "01-31", "03-31", "05-31", "07-31", "08-31", "10-31"]),
        ("FREQ=YEARLY", ["11-20"]),
        ("FREQ=DAILY;COUNT=2", ["11-20", "11-21"]),
    ],
)
def test_the_days_a_rule_names(text, days):
    assert named(text) == days


def test_the_last_instant_is_told_in_utc_or_in_local_time():
    assert named("FREQ=DAILY;UNTIL=20261121T210000Z") == ["11-20", "11-21"]
    assert named("FREQ=DAILY;UNTIL=20261121T205959Z") == ["11-20"]
    assert named("FREQ=DAILY;UNTIL=20261121T155959") == ["11-20"]


def test_a_week_that_begins_on_sunday_counts_otherwise():
    told = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,FR;COUNT=3"
    assert named(told) == ["11-20", "11-22", "12-04"]
    assert named(f"{told};WKST=SU") == ["11-20", "11-29", "12-04"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gibberish",
        "FREQ=",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=DAILY;X",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=WEEKLY;INTERVAL=1.5",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=٣",
        f"FREQ=DAILY;COUNT={'9' * 400}",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=1;BYSETPOS=0",
        "FREQ=MONTHLY;BYSETPOS=2",
        "FREQ=WEEKLY;WKST=X",
        "FREQ=DAILY;UNTIL=99999999",
        "FREQ=DAILY;UNTIL=20261231T250000",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY\nDTSTART:19700101",
        "RRULE:RRULE:FREQ=DAILY",
        f"FREQ=WEEKLY;BYDAY={','.join(['MO'] * 200)}",
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(text):
    with pytest.raises(Unrepeatable, match=r"\w+"):
        read_repeat(text, FRIDAY, NEW_YORK)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
        "FREQ=DAILY;UNTIL=19700101",
    ],
)
def test_a_rule_that_names_nothing_is_known_as_such_at_once(text):
    began = monotonic()
    assert named(text, until=date(2035, 1, 1)) == []
    assert monotonic() - began < 1


def test_an_endless_rule_is_made_up_to_a_date_and_a_number():
    rule = read_repeat("FREQ=DAILY", FRIDAY, NEW_YORK)
    assert len(occurrences(rule, after=None, until=date(2200, 1, 1))) == MOST
    assert occurrences(rule, after=FRIDAY, until=date(2026, 11, 22)) == [local("2026-11-21T16:00")]


def test_a_rule_ended_before_a_moment_names_what_went_before():
    ended = ended_before("FREQ=WEEKLY;COUNT=10", local("2026-12-04T15:59"))
    assert named(ended) == ["11-20", "11-27"]
    assert count_before(read_repeat("FREQ=WEEKLY;COUNT=10", FRIDAY, NEW_YORK), local("2026-12-04T16:00")) == 2


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=1", "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261120T160000"),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;COUNT=3"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=31"),
    ],
)
def test_a_first_time_that_the_rule_does_not_name_is_one_of_so_many(text, counted):
    assert with_first_counted(text, read_repeat(text, FRIDAY, NEW_YORK)) == counted


def test_the_days_of_a_rule_move_with_its_first():
    assert moved_rule("FREQ=WEEKLY;BYDAY=SU,FR", FRIDAY, local("2026-11-22T09:00")) == "FREQ=WEEKLY;BYDAY=TU,SU"
    assert moved_rule("FREQ=MONTHLY;BYDAY=-1FR", FRIDAY, local("2026-11-26T09:00")) == "FREQ=MONTHLY;BYDAY=-1TH"
    assert moved_rule("FREQ=WEEKLY", FRIDAY, local("2026-11-22T09:00")) == "FREQ=WEEKLY"


numbers = st.integers(1, 6)
firsts = st.datetimes(local("2023-01-01"), local("2028-12-28")).map(lambda at: datetime.combine(at.date(), time(16)))


@st.composite
def rules(draw):
    """Draw a rule that both readers understand alike."""
    every = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={every}"]
    placed = [1, 2, 3, 4, -1, -2] if every in {"MONTHLY", "YEARLY"} else []
    place = draw(st.sampled_from(["", *map(str, placed)]))
    days = draw(st.lists(st.sampled_from(WEEKDAYS), max_size=3, unique=True))
    if days:
        parts.append(f"BYDAY={','.join(place + day for day in days)}")
    optional = {
        "INTERVAL": numbers,
        "BYMONTH": st.integers(1, 12),
        "WKST": st.sampled_from(["MO", "SU"]),
    }
    if every != "WEEKLY":
        optional["BYMONTHDAY"] = st.sampled_from([1, 2, 15, 28, -1, -3])
    if every == "MONTHLY" and days and not place:
        optional["BYSETPOS"] = st.sampled_from([1, 2, -1])
    ends = draw(st.sampled_from(["", "COUNT=7", "COUNT=31", "UNTIL=20270101T160000", "UNTIL=20250601T155959"]))
    parts += [ends] if ends else []
    for name, values in optional.items():
        if draw(st.integers(0, 2)) == 0:
            parts.append(f"{name}={draw(values)}")
    return ";".join(parts)


def in_the_library(text, first, until):
    """Return what the library names."""
    named = rrulestr(text, dtstart=first).between(first, datetime.combine(until, time()), inc=True)
    return [each for each in named if each.date() < until][:MOST]


@given(text=rules().filter(lambda text: "BYMONTHDAY" not in text or "BYDAY" not in text), first=firsts)
@settings(max_examples=60, deadline=None)
def test_the_same_days_as_a_library_names(text, first):
    until = date(first.year + 2, 7, 1)
    told = occurrences(read_repeat(text, first, NEW_YORK), after=None, until=until)
    assert told == in_the_library(text, first, until)

"""A rule as programs and the database write it: read into values, and written back.

The form is the API's: `{"mode": "percent", "payers": [id …], "weights": [6000, 4000], "caps": […]}`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from kinbook.rules.arrangement import (
    ByAmount,
    ByAppointment,
    ByCustody,
    ByPercent,
    ByWeek,
    Cap,
    ExceptionRule,
    Kind,
    Method,
    PayerId,
    Per,
    Rule,
    Single,
)
from kinbook.rules.custody import LONGEST_CYCLE, CustodyCalendar
from kinbook.rules.money import LARGEST, WHOLE

MODES = ("single", "by_appointment", "by_week", "custody", "percent", "amount")
MOST_PAYERS = 12
HEAVIEST = 1000
MOST_DATES = 1000
MOST_SESSIONS = 100_000


class Unreadable(ValueError):
    """The rule cannot be read; the message says which part and why, in words for people."""


def read_rule(data: Any) -> Rule:
    """Return the rule that the data describe; raises Unreadable."""
    if not isinstance(data, dict):
        raise Unreadable("A rule is an object with a mode and payers.")
    method = _read_method(data)
    caps = tuple(_read_cap(each) for each in _list(data.get("caps") or [], "caps"))
    rule = Rule(method, caps)
    known = {*method.payers, *(cap.excess_to for cap in caps)}
    for cap in caps:
        if cap.payer not in known:
            raise Unreadable("A cap is on somebody who pays under this rule.")
        if isinstance(method, Single) and not cap.excess_to:
            raise Unreadable("A cap on the only payer needs somebody who takes the excess.")
        if cap.excess_to == cap.payer:
            raise Unreadable("The excess of a cap goes to somebody else.")
    return rule


def _read_method(data: dict[str, Any]) -> Method:
    mode = data.get("mode")
    if mode not in MODES:
        raise Unreadable(f"The mode is one of: {', '.join(MODES)}.")
    if mode == "custody":
        return _read_custody(data)
    payers = _read_payers(data.get("payers"))
    if mode == "single":
        if len(payers) != 1:
            raise Unreadable("One payer owes it all: name exactly one.")
        return Single(payers[0])
    if len(payers) == 1:
        raise Unreadable("Name at least two payers.")
    if mode == "by_appointment":
        weights = _weights(data.get("weights"), payers, most=HEAVIEST) or (1,) * len(payers)
        return ByAppointment(payers, weights)
    if mode == "by_week":
        return ByWeek(payers, _day(data.get("anchor"), "anchor"))
    if mode == "percent":
        weights = _weights(data.get("weights"), payers, most=WHOLE)
        if sum(weights or ()) != WHOLE:
            raise Unreadable("The percentages add up to 100 (10000 hundredths).")
        return ByPercent(payers, weights)
    return _read_amounts(data.get("amounts"), payers)


def _read_payers(value: Any) -> tuple[PayerId, ...]:
    payers = tuple(_payer(each) for each in _list(value, "payers"))
    if not payers:
        raise Unreadable("Name who pays.")
    if len(payers) > MOST_PAYERS:
        raise Unreadable(f"At most {MOST_PAYERS} payers share.")
    if len(set(payers)) != len(payers):
        raise Unreadable("Each payer is named once.")
    return payers


def _weights(value: Any, payers: tuple[PayerId, ...], *, most: int) -> tuple[int, ...]:
    if value is None:
        return ()
    if isinstance(value, dict):
        value = [value.get(payer) for payer in payers] if set(value) == set(payers) else None
    if not isinstance(value, list) or len(value) != len(payers):
        raise Unreadable("Give one weight for each payer.")
    if any(isinstance(each, bool) or not isinstance(each, int) or not 0 < each <= most for each in value):
        raise Unreadable(f"Weights are whole numbers from 1 to {most}.")
    return tuple(value)


def _read_custody(data: dict[str, Any]) -> ByCustody:
    cycle = tuple(_payer(each) for each in _list(data.get("cycle"), "cycle"))
    if not 1 <= len(cycle) <= LONGEST_CYCLE:
        raise Unreadable(f"A custody cycle has 1 to {LONGEST_CYCLE} days.")
    dates = data.get("dates") or {}
    if not isinstance(dates, dict) or len(dates) > MOST_DATES:
        raise Unreadable("The exceptions are an object: date to payer.")
    calendar = CustodyCalendar(
        _day(data.get("anchor"), "anchor"),
        cycle,
        {_day(on, "dates"): _payer(payer) for on, payer in dates.items()},
    )
    named = (*cycle, *calendar.dates.values())
    listed = _read_payers(data["payers"]) if data.get("payers") else ()
    if listed and not set(named) <= set(listed):
        raise Unreadable("The custody calendar names somebody who is not among the payers.")
    return ByCustody(listed or tuple(dict.fromkeys(named)), calendar)


def _read_amounts(value: Any, payers: tuple[PayerId, ...]) -> ByAmount:
    if not isinstance(value, dict) or not set(value) <= set(payers):
        raise Unreadable("Give the fixed amounts by payer, in cents.")
    rest = [payer for payer in payers if payer not in value]
    if len(rest) != 1:
        raise Unreadable("Exactly one payer has no fixed amount and takes the rest.")
    fixed = tuple((payer, _cents(value[payer], "amounts")) for payer in payers if payer in value)
    return ByAmount(fixed, rest[0])


def _read_cap(value: Any) -> Cap:
    if not isinstance(value, dict):
        raise Unreadable("A cap is an object.")
    cents, sessions = value.get("cents"), value.get("sessions")
    if (cents is None) == (sessions is None):
        raise Unreadable("A cap names an amount in cents, or a number of sessions.")
    whole = isinstance(sessions, int) and not isinstance(sessions, bool)
    if sessions is not None and not (whole and 0 <= sessions <= MOST_SESSIONS):
        raise Unreadable(f"A cap's sessions are a whole number, at most {MOST_SESSIONS}.")
    if value.get("per", "all") not in tuple(Per):
        raise Unreadable("A cap counts per month, year or all.")
    return Cap(
        payer=_payer(value.get("payer")),
        cents=None if cents is None else _cents(cents, "caps"),
        sessions=sessions,
        per=Per(value.get("per", "all")),
        excess_to=_payer(value["excess_to"]) if value.get("excess_to") else None,
    )


def read_exception(data: Any) -> ExceptionRule:
    """Return the exception that the data describe; raises Unreadable."""
    if not isinstance(data, dict):
        raise Unreadable("An exception is an object with a rule.")
    service, kind = data.get("service_id"), data.get("kind")
    if not service and not kind:
        raise Unreadable("An exception names a service or a kind of charge.")
    if service and not isinstance(service, str):
        raise Unreadable("A service is named by an id.")
    if kind and kind not in tuple(Kind):
        raise Unreadable(f"The kind is one of: {', '.join(Kind)}.")
    return ExceptionRule(read_rule(data.get("rule")), service or None, Kind(kind) if kind else None)


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(f"The {name} are a list.")
    return value


def _payer(value: Any) -> PayerId:
    if not isinstance(value, str) or not value:
        raise Unreadable("A payer is named by an id.")
    return value


def _day(value: Any, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(f"The {name} is a date, as in 2026-11-02.") from None


def _cents(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Unreadable(f"The {name} are whole cents, not negative.")
    return value


def write_rule(rule: Rule) -> dict[str, Any]:
    """Return the rule in the form `read_rule` reads."""
    written = _write_method(rule.method)
    if rule.caps:
        written["caps"] = [_write_cap(cap) for cap in rule.caps]
    return written


def _write_method(method: Method) -> dict[str, Any]:
    payers = list(method.payers)
    match method:
        case Single():
            return {"mode": "single", "payers": payers}
        case ByAppointment(weights=weights):
            return {"mode": "by_appointment", "payers": payers, "weights": list(weights)}
        case ByWeek(anchor=anchor):
            return {"mode": "by_week", "payers": payers, "anchor": anchor.isoformat()}
        case ByCustody(calendar=calendar):
            return {
                "mode": "custody",
                "payers": payers,
                "anchor": calendar.anchor.isoformat(),
                "cycle": list(calendar.cycle),
                "dates": {on.isoformat(): payer for on, payer in sorted(calendar.dates.items())},
            }
        case ByPercent(weights=weights):
            return {"mode": "percent", "payers": payers, "weights": list(weights)}
        case ByAmount(fixed=fixed):
            return {"mode": "amount", "payers": payers, "amounts": dict(fixed)}


def _write_cap(cap: Cap) -> dict[str, Any]:
    written: dict[str, Any] = {"payer": cap.payer, "per": cap.per.value}
    if cap.cents is not None:
        written["cents"] = cap.cents
    if cap.sessions is not None:
        written["sessions"] = cap.sessions
    if cap.excess_to:
        written["excess_to"] = cap.excess_to
    return written


def write_exception(exception: ExceptionRule) -> dict[str, Any]:
    """Return the exception in the form `read_exception` reads."""
    written: dict[str, Any] = {"rule": write_rule(exception.rule)}
    if exception.service:
        written["service_id"] = exception.service
    if exception.kind:
        written["kind"] = exception.kind.value
    return written

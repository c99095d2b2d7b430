"""Exceptions by service or kind, and caps: rows beside the chooser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.people.forms import places
from kinbook.tenancy.refused import Invalid
from kinbook.web.money import plain, read_cents
from kinbook.whopays.forms.chooser import even, read_custody

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from kinbook.practice.models import Service
    from kinbook.whopays.forms.chooser import Choice

KINDS = (("kind:missed", "Missed appointments"), ("kind:product", "Products"), ("kind:fee", "Fees"))
CUSTODY_DAY = "custody day"


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception: what for, and by which rule, as option values."""

    what: str
    rule: str


@dataclass(frozen=True, slots=True)
class CapRow:
    """One cap."""

    payer: str
    value: str
    counts: str
    per: str
    excess: str


def what_options(services: Sequence[Service]) -> list[tuple[str, str]]:
    """Return what an exception can be for."""
    return [*KINDS, *((f"service:{each.pk}", each.name) for each in services)]


def rule_options(choices: Sequence[Choice], *, custody: bool) -> list[tuple[str, str]]:
    """Return by which rules an exception can go, as JSON in the API's form."""
    options = [(json.dumps({"mode": "single", "payers": [each.id]}), f"{each.name} pays") for each in choices]
    part = [each.id for each in choices if each.takes_part]
    if len(part) > 1:
        percents = even(len(part))
        options.append((json.dumps({"mode": "by_appointment", "payers": part}), "Alternate by appointment"))
        options.append((json.dumps({"mode": "percent", "payers": part, "weights": percents}), "Split evenly"))
    if custody:
        options.append((CUSTODY_DAY, "Whoever has the child that day"))
    return options


def calendar_of(rule: Mapping[str, Any], exceptions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the custody calendar that the chooser paints: the default rule's, else that of the first exception.

    One that begins elsewhere than the default's weeks cannot be painted beside them: the field is the same.
    """
    rules = [rule, *(each["rule"] for each in exceptions)]
    found = next((each for each in rules if each["mode"] == "custody"), None)
    if found and rule["mode"] == "by_week" and found["anchor"] != rule["anchor"]:
        return None
    return found


def exception_rows(
    exceptions: Sequence[Mapping[str, Any]],
    options: list[tuple[str, str]],
    words: Sequence[str],
    calendar: Mapping[str, Any] | None = None,
) -> list[ExceptionRow]:
    """Return the rows that show exceptions; a rule that is no option becomes one, in its own words."""
    rows = []
    for exception, spoken in zip(exceptions, words, strict=True):
        service, kind = exception.get("service_id"), exception.get("kind")
        rule = dict(exception["rule"])
        if set(rule.get("weights", [])) == {1}:
            rule.pop("weights")
        value = CUSTODY_DAY if calendar and _same_days(rule, calendar) else json.dumps(rule)
        if value not in dict(options):
            options.append((value, spoken))
        rows.append(ExceptionRow(f"service:{service}" if service else f"kind:{kind}", value))
    return rows


def _same_days(rule: Mapping[str, Any], calendar: Mapping[str, Any]) -> bool:
    """Tell whether a rule goes by this very calendar, and has no caps of its own."""
    days = ("mode", "anchor", "cycle", "dates")
    return not rule.get("caps") and all(rule.get(name) == calendar.get(name) for name in days)


def exceptions_sent(data: QueryDict, options: Sequence[tuple[str, str]]) -> list[ExceptionRow]:
    """Return the rows of exceptions as they were sent."""
    rows = [
        ExceptionRow(data.get(f"exception-{place}-what", ""), data.get(f"exception-{place}-rule", ""))
        for place in places(data, "exception")
    ]
    return [row for row in rows if row.rule in dict(options)]


def caps_sent(data: QueryDict) -> list[CapRow]:
    """Return the rows of caps as they were sent."""
    names = ("payer", "value", "counts", "per", "excess")
    return [CapRow(*(data.get(f"cap-{place}-{name}", "") for name in names)) for place in places(data, "cap")]


def read_exceptions(data: QueryDict) -> list[dict[str, Any]]:
    """Return the exceptions that the rows say, in the API's form."""
    found = []
    for place in places(data, "exception"):
        kind, _, key = data.get(f"exception-{place}-what", "").partition(":")
        chosen = data.get(f"exception-{place}-rule", "")
        if not kind or not chosen:
            continue
        if chosen == CUSTODY_DAY:
            own: Any = read_custody(data)
        else:
            try:
                own = json.loads(chosen)
            except json.JSONDecodeError:
                raise Invalid(exceptions="Choose who pays for the exception.") from None
        found.append({"rule": own, ("service_id" if kind == "service" else "kind"): key})
    return found


def cap_rows(rule: Mapping[str, Any]) -> list[CapRow]:
    """Return the rows that show a rule's caps."""
    return [
        CapRow(
            payer=cap["payer"],
            value=plain(cap["cents"]) if "cents" in cap else str(cap["sessions"]),
            counts="cents" if "cents" in cap else "sessions",
            per=cap.get("per", "all"),
            excess=cap.get("excess_to", ""),
        )
        for cap in rule.get("caps", [])
    ]


def read_caps(data: QueryDict) -> list[dict[str, Any]]:
    """Return the caps that the rows say, in the API's form."""
    found = []
    for place in places(data, "cap"):
        value = data.get(f"cap-{place}-value", "").strip()
        if not value:
            continue
        cap: dict[str, Any] = {"payer": data.get(f"cap-{place}-payer", ""), "per": data.get(f"cap-{place}-per", "all")}
        try:
            if data.get(f"cap-{place}-counts") == "sessions":
                cap["sessions"] = int(value)
            else:
                cap["cents"] = read_cents(value)
        except ValueError:
            raise Invalid(rule="A cap is an amount, or a whole number of sessions.") from None
        if data.get(f"cap-{place}-excess"):
            cap["excess_to"] = data[f"cap-{place}-excess"]
        found.append(cap)
    return found

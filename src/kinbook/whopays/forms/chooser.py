"""The who-pays chooser: what it shows, and the rule that its fields say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kinbook.rules.custody import WELL_KNOWN
from kinbook.rules.money import WHOLE, spoken_percent
from kinbook.tenancy.refused import Invalid
from kinbook.web.money import plain, read_cents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

MODES = (
    ("single", "One payer", "Everything to one person"),
    ("by_appointment", "Alternate by appointment", "Turns even out by themselves"),
    ("by_week", "Alternate by week", "A week each, from a start day"),
    ("custody", "Custody calendar", "Whoever has the child that day"),
    ("split", "Split", "Percent or amounts, to the cent"),
)


@dataclass(slots=True)
class Choice:
    """Somebody the chooser offers as a payer, with what is entered for them."""

    id: str
    name: str
    initials: str
    slot: int | None
    relation: str = ""
    is_organization: bool = False
    takes_part: bool = False
    weight: str = "1"
    percent: str = ""
    amount: str = ""

    @property
    def letter(self) -> str:
        """The first letter, for the days of the custody strip."""
        return self.name[:1].upper()


@dataclass(slots=True)
class Chooser:
    """The chooser as it stands."""

    choices: list[Choice]
    anchor: date
    mode: str = "single"
    split: str = "percent"
    single: str = ""
    first: str = ""
    cycle: list[str] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)
    appointments: list[str] = field(default_factory=list)
    today: str = ""

    @property
    def modes(self) -> tuple[tuple[str, str, str], ...]:
        """The five cards."""
        return MODES

    @property
    def proposed(self) -> dict[str, Any]:
        """The rule of a fresh chooser, in the API's form: one payer, or turns."""
        payers = [each.id for each in self.choices if each.takes_part] or [self.single]
        return {"mode": self.mode, "payers": payers}

    @property
    def data(self) -> str:
        """What the custody strip is painted from, as JSON."""
        return json.dumps(
            {
                "payers": [
                    {"id": each.id, "name": each.name, "letter": each.letter, "slot": each.slot or 0}
                    for each in self.choices
                ],
                "presets": WELL_KNOWN,
                "anchor": self.anchor.isoformat(),
                "cycle": self.cycle,
                "dates": self.dates,
                "appointments": self.appointments,
                "today": self.today,
            }
        )


def fresh(choices: list[Choice], anchor: date, *, taking_part: Sequence[str], mode: str = "by_appointment") -> Chooser:
    """Return a chooser that proposes a mode for those who take part, split evenly."""
    part = [each for each in choices if each.id in taking_part]
    for each, percent in zip(part, even(len(part)), strict=True):
        each.takes_part = True
        each.percent = spoken_percent(percent)
    first = part[0].id if part else (choices[0].id if choices else "")
    other = part[1].id if len(part) > 1 else first
    cycle = [first if letter == "A" else other for letter in WELL_KNOWN["2-2-5-5"]]
    return Chooser(choices, anchor, mode=mode if len(part) > 1 else "single", single=first, first=first, cycle=cycle)


def kept(chooser: Chooser, data: QueryDict) -> Chooser:
    """Return the chooser with what was chosen in it before; parts are kept while the same people share."""
    mode = str(data.get("mode", ""))
    if mode in {value for value, _, _ in MODES} and mode != "single":
        chooser.mode = mode
        chooser.split = "amount" if data.get("split") == "amount" else "percent"
    if set(data.getlist("who")) == {each.id for each in chooser.choices if each.takes_part}:
        for each in chooser.choices:
            each.percent = data.get(f"percent-{each.id}", each.percent)
            each.amount = data.get(f"amount-{each.id}", each.amount)
            each.weight = data.get(f"weight-{each.id}", each.weight)
    return chooser


def as_sent(chooser: Chooser, data: QueryDict) -> Chooser:
    """Return the chooser with all that was sent, sense or not: what was refused is there to be mended."""
    ids = [each.id for each in chooser.choices]
    mode, single, first = (str(data.get(name, "")) for name in ("mode", "single", "first"))
    chooser.mode = mode if mode in {value for value, _, _ in MODES} else chooser.mode
    chooser.split = "amount" if data.get("split") == "amount" else "percent"
    chooser.single = single if single in ids else chooser.single
    chooser.first = first if first in ids else chooser.first
    ticked = data.getlist("who")
    for each in chooser.choices:
        each.takes_part = each.id in ticked
        each.percent = data.get(f"percent-{each.id}", each.percent)
        each.amount = data.get(f"amount-{each.id}", each.amount)
        each.weight = data.get(f"weight-{each.id}", each.weight)
    try:
        painted = read_custody(data)
        if all(day in ids for day in [*painted["cycle"], *painted["dates"].values()]) and painted["cycle"]:
            chooser.cycle, chooser.dates = list(painted["cycle"]), dict(painted["dates"])
        chooser.anchor = date.fromisoformat(painted["anchor"])
    except (Invalid, ValueError, TypeError, AttributeError):
        return chooser  # what cannot be painted stays as it was
    return chooser


def even(count: int) -> list[int]:
    """Return percents (in hundredths) that divide the whole among `count`, the odd hundredths to the last."""
    if not count:
        return []
    each = WHOLE // count
    return [each] * (count - 1) + [WHOLE - each * (count - 1)]


def chooser_of(choices: list[Choice], rule: Mapping[str, Any], anchor: date) -> Chooser:
    """Return the chooser that shows a rule, in the API's form."""
    payers = list(rule["payers"])
    chooser = fresh(choices, anchor, taking_part=payers)
    by_id = {each.id: each for each in choices}
    mode = rule["mode"]
    chooser.mode = "split" if mode in {"percent", "amount"} else mode
    chooser.split = mode if mode in {"percent", "amount"} else "percent"
    chooser.single = chooser.first = payers[0]
    for payer, weight in zip(payers, rule.get("weights", ()), strict=False):
        if payer in by_id and mode == "by_appointment":
            by_id[payer].weight = str(weight)
        elif payer in by_id:
            by_id[payer].percent = spoken_percent(weight)
    for payer, cents in rule.get("amounts", {}).items():
        if payer in by_id:
            by_id[payer].amount = plain(cents)
    if mode == "custody":
        chooser.cycle, chooser.dates = list(rule["cycle"]), dict(rule.get("dates", {}))
    return chooser


def read_chooser(data: QueryDict, ids: Sequence[str]) -> dict[str, Any]:
    """Return the rule that the chooser's fields say, in the API's form; raises Invalid beside the chooser.

    `ids` are those who can be chosen, in their order; what makes no sense as a rule is for `rules.reading` to say.
    """
    mode = data.get("mode", "")
    if mode == "single":
        return {"mode": "single", "payers": [data.get("single", "")]}
    if mode == "custody":
        return read_custody(data)
    part = _in_turn(data, ids)
    if mode == "by_appointment":
        return {"mode": mode, "payers": part, "weights": [_whole(data.get(f"weight-{each}", "1")) for each in part]}
    if mode == "by_week":
        return {"mode": mode, "payers": part, "anchor": data.get("anchor", "")}
    if mode == "split" and data.get("split") == "amount":
        return _amounts(data, part)
    if mode == "split":
        return {
            "mode": "percent",
            "payers": part,
            "weights": [_hundredths(data.get(f"percent-{each}", "")) for each in part],
        }
    raise Invalid(rule="Choose how it is paid.")


def _in_turn(data: QueryDict, ids: Sequence[str]) -> list[str]:
    """Return who takes part, the one who goes first at the front."""
    ticked = set(data.getlist("who"))
    part = [each for each in ids if each in ticked]
    first = data.get("first", "")
    if first in part:
        place = part.index(first)
        part = part[place:] + part[:place]
    return part


def read_custody(data: QueryDict) -> dict[str, Any]:
    """Return the custody calendar as it is painted, in the API's form; raises Invalid."""
    try:
        cycle, dates = json.loads(data.get("cycle", "[]")), json.loads(data.get("dates", "{}"))
    except json.JSONDecodeError:
        raise Invalid(rule="Paint the custody calendar.") from None
    return {"mode": "custody", "anchor": data.get("anchor", ""), "cycle": cycle, "dates": dates}


def _amounts(data: QueryDict, part: Sequence[str]) -> dict[str, Any]:
    amounts = {}
    for each in part:
        text = data.get(f"amount-{each}", "").strip()
        if text:
            try:
                amounts[each] = read_cents(text)
            except ValueError:
                raise Invalid(rule=f"“{text[:20]}” is not an amount.") from None
    return {"mode": "amount", "payers": list(part), "amounts": amounts}


def _whole(text: str) -> Any:
    return int(text) if text.isdecimal() and len(text) < 6 else text


def _hundredths(text: str) -> Any:
    """Return a percentage as typed ("60", "33.33") in hundredths of a percent."""
    try:
        return read_cents(text.replace("%", ""))
    except ValueError:
        raise Invalid(rule="A percentage is a number with at most two decimals.") from None

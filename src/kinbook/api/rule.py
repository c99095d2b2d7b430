"""A rule of who pays as programs send it, and the names that stand for people who have no id yet."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WithJsonSchema

from kinbook.api.fields import Body, Day, Flag
from kinbook.tenancy.viewer import Viewer
from kinbook.whopays.commands.arrange import Agreement, read_agreement

PAYER = {"type": "string", "description": "A person's or an organization's id."}
MONEY = {"type": "integer", "minimum": 0, "maximum": 10_000_000_000, "description": "Cents."}
DATE = {"type": "string", "format": "date"}
CAP = {
    "type": "object",
    "required": ["payer"],
    "properties": {
        "payer": PAYER,
        "cents": MONEY,
        "sessions": {"type": "integer", "minimum": 0},
        "per": {"enum": ["month", "year", "all"], "default": "all"},
        "excess_to": {**PAYER, "description": "Who pays what is over; else the others in list order."},
    },
}
FORM = {
    "type": "object",
    "title": "Rule",
    "description": (
        "Who pays. Percents are weights in hundredths of a percent that add up to 10000; amounts name everybody but "
        "the one who takes the rest; by_week and custody count from the anchor; a custody cycle names who has each of "
        "its 1 to 28 days, and dates the days that differ. While a client is created, contact:0 names the first "
        "contact of the same call, partner:0 the first partner, and client the client, since they have no id yet; "
        "while a contact is added, contact names it."
    ),
    "required": ["mode"],
    "properties": {
        "mode": {"enum": ["single", "by_appointment", "by_week", "custody", "percent", "amount"]},
        "payers": {"type": "array", "items": PAYER, "maxItems": 12},
        "weights": {"anyOf": [{"type": "array", "items": {"type": "integer", "minimum": 1}}, {"type": "object"}]},
        "amounts": {"type": "object", "additionalProperties": MONEY},
        "anchor": DATE,
        "cycle": {"type": "array", "items": PAYER, "maxItems": 28},
        "dates": {"type": "object", "additionalProperties": PAYER},
        "caps": {"type": "array", "items": CAP},
    },
    "examples": [{"mode": "by_appointment", "payers": ["contact:0", "contact:1"]}],
}

RuleForm = Annotated[dict[str, Any], WithJsonSchema(FORM)]
ExceptionForm = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "required": ["rule"],
            "description": "A rule for one service or one kind of charge; the first that matches wins.",
            "properties": {
                "service_id": {"type": "string", "format": "uuid"},
                "kind": {"enum": ["session", "missed", "product", "fee"]},
                "rule": FORM,
            },
        }
    ),
]


class ArrangementBody(Body):
    """Who pays for a client from a date on; `from` null: always."""

    starts_on: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, description="The first day without.")
    rule: RuleForm
    exceptions: list[ExceptionForm] | None = Field(None, max_length=50)
    carry_over: Flag | None = Field(None, description="Go on counting turns and cents where the one before stops.")

    def agreement(self, viewer: Viewer | None = None, named: Mapping[str, UUID] | None = None) -> Agreement:
        """Return what was agreed; it begins today where nothing is said of `from` and there is a today to begin on."""
        starts_on = self.starts_on
        if viewer is not None and "starts_on" not in self.given:
            starts_on = viewer.today
        return read_agreement(
            renamed(self.rule, named or {}),
            starts_on=starts_on,
            until=self.until,
            exceptions=renamed(self.exceptions or [], named or {}),
            carry_over=bool(self.carry_over),
        )


def renamed(value: Any, named: Mapping[str, UUID]) -> Any:
    """Return a rule in which every name that stands for a person is that person's id."""
    if isinstance(value, str):
        found = named.get(value)
        return str(found) if found else value
    if isinstance(value, list):
        return [renamed(each, named) for each in value]
    if isinstance(value, dict):
        return {renamed(key, named): renamed(each, named) for key, each in value.items()}
    return value

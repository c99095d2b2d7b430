"""The values an agreement about payment is made of, as WHO_PAYS describes them; frozen, and valid once made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kinbook.rules.money import WHOLE

if TYPE_CHECKING:
    from datetime import date

    from kinbook.rules.custody import CustodyCalendar
    from kinbook.rules.periods import Period

PayerId = str
"""The id of the person or organisation that owes a share."""


class Kind(StrEnum):
    """What a charge is for."""

    SESSION = "session"
    MISSED = "missed"
    PRODUCT = "product"
    FEE = "fee"

    @property
    def is_appointment(self) -> bool:
        """Sessions and missed appointments take turns and count as sessions; products and fees do not."""
        return self in {Kind.SESSION, Kind.MISSED}


class Per(StrEnum):
    """The span over which a cap counts, by the charges' local dates."""

    MONTH = "month"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Single:
    """One payer owes it all."""

    payer: PayerId

    @property
    def payers(self) -> tuple[PayerId, ...]:
        """The payers in list order."""
        return (self.payer,)


@dataclass(frozen=True, slots=True)
class ByAppointment:
    """Each billable appointment goes wholly to the payer with the fewest turns, divided by weight."""

    payers: tuple[PayerId, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ByWeek:
    """A week each, counted from the anchor date, whose weekday is the day on which the turn changes."""

    payers: tuple[PayerId, ...]
    anchor: date


@dataclass(frozen=True, slots=True)
class ByCustody:
    """Whoever has the child on the local date of the charge."""

    payers: tuple[PayerId, ...]
    calendar: CustodyCalendar


@dataclass(frozen=True, slots=True)
class ByPercent:
    """Shares in hundredths of a percent that add up to 10,000."""

    payers: tuple[PayerId, ...]
    weights: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse weights that are not the whole: a cent would be lost or invented."""
        if sum(self.weights) != WHOLE or min(self.weights) < 0:
            message = "percents add up to 100"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class ByAmount:
    """Named fixed amounts in list order, and one payer of the remainder."""

    fixed: tuple[tuple[PayerId, int], ...]
    remainder: PayerId

    @property
    def payers(self) -> tuple[PayerId, ...]:
        """The payers in list order, the one who takes the rest last."""
        return (*(payer for payer, _ in self.fixed), self.remainder)


Method = Single | ByAppointment | ByWeek | ByCustody | ByPercent | ByAmount


@dataclass(frozen=True, slots=True)
class Cap:
    """At most this amount, or this many sessions, in a span; the excess goes to `excess_to`, else to the others."""

    payer: PayerId
    cents: int | None = None
    sessions: int | None = None
    per: Per = Per.ALL
    excess_to: PayerId | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A method with its caps."""

    method: Method
    caps: tuple[Cap, ...] = ()

    @property
    def payers(self) -> tuple[PayerId, ...]:
        """Everyone the rule may bill, in list order, those who only take an excess last."""
        named = (*self.method.payers, *(cap.excess_to for cap in self.caps if cap.excess_to))
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class ExceptionRule:
    """A rule for one service or one kind of charge; None matches any."""

    rule: Rule
    service: str | None = None
    kind: Kind | None = None

    def matches(self, service: str | None, kind: Kind) -> bool:
        """Tell whether a charge of this service and kind falls under the exception."""
        return (self.service is None or self.service == service) and (self.kind is None or self.kind == kind)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Who pays for one client over a period.

    `counts_with` names the arrangement whose turns and cents are carried on; its own id where it starts at zero.
    """

    id: str
    period: Period
    default: Rule
    exceptions: tuple[ExceptionRule, ...] = ()
    counts_with: str = ""

    def rule_for(self, service: str | None, kind: Kind) -> tuple[str, Rule]:
        """Return the first rule that matches and the key of its turns, account and caps."""
        root = self.counts_with or self.id
        for exception in self.exceptions:
            if exception.matches(service, kind):
                return f"{root}/{exception.service or ''}:{exception.kind or ''}", exception.rule
        return f"{root}/", self.default

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The default rule, then the exceptions'."""
        return (self.default, *(exception.rule for exception in self.exceptions))


@dataclass(frozen=True, slots=True)
class Coverage:
    """A third party that pays first: everything, a percentage or a fixed amount a charge, within limits."""

    id: str
    organization: PayerId
    period: Period
    percent: int | None = None
    fixed_cents: int | None = None
    max_sessions: int | None = None
    max_cents: int | None = None
    services: frozenset[str] = frozenset()
    missed_fees: bool = False
    authorization: str = ""

    def covers(self, on: date, service: str | None, kind: Kind) -> bool:
        """Tell whether the coverage speaks of such a charge; products and fees are never covered."""
        if not kind.is_appointment or (kind is Kind.MISSED and not self.missed_fees):
            return False
        return self.period.holds(on) and (not self.services or service in self.services)

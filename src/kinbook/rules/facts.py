"""What a decision is made from and what it is: values between the database and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kinbook.rules.arrangement import Arrangement, Coverage, Kind, PayerId, Rule


class Source(StrEnum):
    """What gave a share to its payer."""

    COVERAGE = "coverage"
    RULE = "rule"
    OVERRIDE = "override"
    READDRESS = "readdress"


class PayerKind(StrEnum):
    """How a payer stands to the client: confidential charges may go to the client and to organisations only."""

    CLIENT = "client"
    CONTACT = "contact"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Payer:
    """A possible payer.

    `until` is the day its last contact link ended: None while one stands, the first of days where there never was one.
    """

    name: str
    kind: PayerKind = PayerKind.CONTACT
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """One charge's own payer or split, with who set it and why."""

    rule: Rule
    set_by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One payer's part of a charge, in cents.

    `reason` is for the practice, `payer_reason` for the payer's own papers: it tells nothing of anyone else.
    """

    payer: PayerId
    cents: int
    reason: str = ""
    payer_reason: str = ""
    source: Source = Source.RULE
    coverage: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """All shares of a charge with the sentence that explains them; without shares `needs` says what is missing.

    `rule_key` names the turns, account and caps it counts in; `turn` whose turn it took; `given` what the rule gave
    each payer before a cap moved anything (None: it enters no account).
    """

    charge: str
    shares: tuple[Share, ...]
    explanation: str
    needs: str = ""
    rule_key: str = ""
    turn: PayerId | None = None
    given: Mapping[PayerId, int] | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A decision that stands because a share of it was invoiced; `order` counts fixings of the client."""

    order: int
    shares: tuple[Share, ...]
    rule_key: str = ""
    turn: PayerId | None = None
    given: Mapping[PayerId, int] | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount owed for one thing, in cents, on a local date.

    `moment` orders the undecided: the start of an appointment, the end of its date for a product or fee.
    A `scheduled` one does not bill yet and is decided last, as if it will be shown.
    """

    id: str
    kind: Kind
    cents: int
    on: date
    moment: datetime
    service: str | None = None
    scheduled: bool = False
    confidential: bool = False
    override: Override | None = None
    fixed: Fixed | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one client that decides who pays; `payers` holds everyone named anywhere in it."""

    charges: tuple[Charge, ...]
    arrangements: tuple[Arrangement, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    payers: Mapping[PayerId, Payer] = field(default_factory=dict)
    guardians_pay_confidential: bool = False

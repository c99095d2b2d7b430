"""The viewer: who asks, in which practice, with which rights, at what time. A frozen value, made once a request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo


class ViewerKind(StrEnum):
    """The four kinds of viewer."""

    MEMBER = "member"
    PORTAL = "portal"
    JOB = "job"
    VISITOR = "visitor"


class Role(StrEnum):
    """The nine roles of a team; a member holds one or more, and permissions add up."""

    OWNER = "owner"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    CLINICIAN_ENTIRE = "clinician_entire"
    CLINICIAN_FULL_LIST = "clinician_full_list"
    CLINICIAN_BILLING = "clinician_billing"
    CLINICIAN_BASIC = "clinician_basic"
    BILLER = "biller"
    SCHEDULER = "scheduler"


ROLE_NAMES = {
    Role.OWNER: "Owner",
    Role.MANAGER: "Practice manager",
    Role.SUPERVISOR: "Supervisor",
    Role.CLINICIAN_ENTIRE: "Clinician, entire practice",
    Role.CLINICIAN_FULL_LIST: "Clinician, full client list",
    Role.CLINICIAN_BILLING: "Clinician, billing",
    Role.CLINICIAN_BASIC: "Clinician, basic",
    Role.BILLER: "Biller",
    Role.SCHEDULER: "Scheduler",
}


def initials_of(name: str) -> str:
    """Return two letters for a person's name, without a title's."""
    words = [word for word in name.split() if word.rstrip(".") not in {"Dr", "Mr", "Ms", "Mrs"}]
    return (words[0][:1] + words[-1][:1]).upper() if len(words) > 1 else name[:1].upper()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, for the audit log."""

    request_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Enough to open a transaction: which practice, and who."""

    practice_id: UUID
    kind: ViewerKind
    id: UUID

    @property
    def spoken(self) -> str:
        """Return the viewer as PostgreSQL and the audit log name it."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Viewer(Identity):
    """Who asks and what for, with the clock of the practice: nothing below the faces reads a clock of its own.

    `read_only` limits an API token to looking. A job acts with the rights of the whole practice. `extra` are the
    permissions granted on top of the roles, as action and scope; `closed` the clients whose record is closed to the
    viewer; `opened` those they opened in an emergency. What follows from them is decided in `access.policy` alone.
    Where `owes_second_step`, the practice wants one of them at sign-in.
    """

    now: datetime
    zone: ZoneInfo
    currency: str = "USD"
    name: str = ""
    roles: frozenset[Role] = frozenset()
    extra: frozenset[tuple[str, str]] = frozenset()
    closed: frozenset[UUID] = frozenset()
    opened: frozenset[UUID] = frozenset()
    read_only: bool = False
    owes_second_step: bool = False
    origin: Origin = field(default_factory=Origin)

    @property
    def today(self) -> date:
        """Return today's date in the practice's time zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def initials(self) -> str:
        """Return two letters for a mark."""
        return initials_of(self.name)

    @property
    def is_job(self) -> bool:
        """Tell whether a rule of the practice acts, not a person."""
        return self.kind is ViewerKind.JOB

    def at(self, now: datetime) -> Viewer:
        """Return the same viewer at another time."""
        return replace(self, now=now)

"""Who is who in the demo practice."""

from __future__ import annotations

from dataclasses import dataclass

from kinbook.tenancy.viewer import ROLE_NAMES, Role

PASSWORD = "kinbook-demo"  # noqa: S105 - printed on the demo's own sign-in page
PRACTICE = {
    "name": "Harbor Lane Family Therapy",
    "time_zone": "America/New_York",
    "currency": "USD",
    "street": "14 Harbor Lane",
    "city": "Portsmouth, NH 03801",
    "email": "office@kinbook.example",
    "phone": "555-0100",
    "tax_id": "00-0000000",
    "is_demo": True,
    "automatic_invoices": "manually",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of the demo's team; `door` is what the sign-in page says of a one-click sign-in, if it has one."""

    email: str
    first_name: str
    last_name: str
    role: Role
    title: str = ""
    door: str = ""
    says: str = ""

    @property
    def name(self) -> str:
        """The name as people say it."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        return self.first_name[0] + self.last_name[0]

    @property
    def role_name(self) -> str:
        """The role as people say it."""
        return ROLE_NAMES[self.role]


CAST = (
    Actor(
        "owner@kinbook.example",
        "Helen",
        "Marsh",
        Role.OWNER,
        door="Owner",
        says="Everything: team, settings, billing",
    ),
    Actor("manager@kinbook.example", "Maya", "Stone", Role.MANAGER),
    Actor("supervisor@kinbook.example", "Sun", "Park", Role.SUPERVISOR),
    Actor(
        "kim@kinbook.example",
        "June",
        "Kim",
        Role.CLINICIAN_BILLING,
        title="Dr",
        door="Dr Kim",
        says="Her week, Leo’s and Mia’s records",
    ),
    Actor("entire@kinbook.example", "Eli", "Novak", Role.CLINICIAN_ENTIRE, title="Dr"),
    Actor("fulllist@kinbook.example", "Fay", "Lund", Role.CLINICIAN_FULL_LIST),
    Actor("basic@kinbook.example", "Bo", "Hart", Role.CLINICIAN_BASIC),
    Actor("biller@kinbook.example", "Sam", "Doyle", Role.BILLER, door="Sam", says="One invoice to re-address"),
    Actor(
        "scheduler@kinbook.example",
        "Rosa",
        "Vega",
        Role.SCHEDULER,
        door="Rosa",
        says="The calendar, what is due today",
    ),
)


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody of the demo's family, and what the sign-in page says of their one-click way into the portal."""

    email: str
    door: str
    name: str
    says: str

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        return "".join(word[0] for word in self.name.split())


FAMILY = (
    Kin("ana.ortiz@mail.example", "Ana", "Ana Ortiz", "Mother: her invoices, both children"),
    Kin("ben.ortiz@mail.example", "Ben", "Ben Ortiz", "Father: his side, and nothing of hers"),
    Kin("mia.ortiz@mail.example", "Mia", "Mia Ortiz", "16: her own appointments, no money"),
)

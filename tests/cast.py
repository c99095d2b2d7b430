"""One cast for all tests: Harbor Lane with Dr Kim, Sam and Rosa; Ana and Ben Ortiz with Mia and Leo; Vera elsewhere."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ClientDraft, ContactDraft
from kinbook.people.models import Client, Contact
from kinbook.practice.commands import add_location, add_service
from kinbook.practice.first_visit import install
from kinbook.rules.reading import read_rule
from kinbook.scheduling.commands.book import Booking, book_appointment
from kinbook.scheduling.models import Appointment
from kinbook.team.commands.members import add_member
from kinbook.team.models import Member
from kinbook.team.queries import viewer_of
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Viewer, ViewerKind
from kinbook.whopays.commands.arrange import read_agreement, set_arrangement
from kinbook.whopays.commands.responsible import add_client

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
PASSWORD = "kinbook-demo"
TEAM = {
    "owner": ("Helen", "Marsh", "", ["owner"]),
    "manager": ("Maya", "Stone", "", ["manager"]),
    "supervisor": ("Sun", "Park", "", ["supervisor"]),
    "kim": ("June", "Kim", "Dr", ["clinician_billing"]),
    "entire": ("Eli", "Novak", "", ["clinician_entire"]),
    "fulllist": ("Fay", "Lund", "", ["clinician_full_list"]),
    "basic": ("Bo", "Hart", "", ["clinician_basic"]),
    "biller": ("Sam", "Doyle", "", ["biller"]),
    "scheduler": ("Rosa", "Vega", "", ["scheduler"]),
}
HARBOR_LANE = {"name": "Harbor Lane Family Therapy", "time_zone": "America/New_York", "currency": "USD"}
ELSEWHERE = {"name": "Elsewhere Counseling", "time_zone": "Europe/Berlin", "currency": "EUR"}


@dataclass
class Cast:
    """The practice, its people, and the Ortiz family; `as_` acts as one of the team."""

    practice_id: UUID
    members: dict[str, UUID]
    now: datetime = NOW
    people: dict[str, UUID] = field(default_factory=dict)
    clients: dict[str, UUID] = field(default_factory=dict)
    service_id: UUID | None = None
    location_id: UUID | None = None

    @classmethod
    def enter(cls, practice=None, domain="kinbook.example") -> "Cast":
        practice_id = new_id()
        owner = {"email": f"owner@{domain}", "first_name": "Helen", "last_name": "Marsh"}
        made = install(
            practice=practice or HARBOR_LANE,
            owner=owner,
            practice_id=practice_id,
            now=NOW - timedelta(days=400),
        )
        let_in(made)
        cast = cls(practice_id, {"owner": made.pk})
        with cast.as_("owner") as viewer:
            for name, (first, last, title, roles) in TEAM.items():
                if name != "owner":
                    member = add_member(
                        viewer,
                        email=f"{name}@{domain}",
                        first_name=first,
                        last_name=last,
                        title=title,
                        roles=roles,
                        invite=False,
                    )
                    let_in(member)
                    cast.members[name] = member.pk
            cast.service_id = add_service(viewer, fields=SESSION).pk
            cast.location_id = add_location(viewer, name="Room 2").pk
        return cast

    @contextmanager
    def as_(self, name: str, now: datetime | None = None):
        """Act as a member of the team, at a time."""
        identity = Identity(self.practice_id, ViewerKind.MEMBER, self.members[name])
        with acting_as(identity):
            viewer = viewer_of(identity, now=now or self.now)
            assert viewer is not None
            yield viewer

    def child(
        self,
        viewer: Viewer,
        name="Mia",
        *,
        born=date(2010, 2, 2),
        parents=("ana", "ben"),
        agreement=None,
        clinician="kim",
    ) -> Client:
        """Enter a child of the Ortiz parents; the first parent pays unless an agreement says otherwise."""
        contacts = tuple(
            ContactDraft(
                relationship="parent",
                party_id=self.people.get(parent),
                person=None if parent in self.people else PARENTS[parent],
                legal_guardian=True,
                responsible=agreement is None and place == 0,
            )
            for place, parent in enumerate(parents)
        )
        draft = ClientDraft(
            type="minor",
            person=PersonDraft(first_name=name, last_name="Ortiz", date_of_birth=born),
            contacts=contacts,
            clinician_id=self.members[clinician] if clinician else None,
        )
        client = add_client(viewer, draft=draft, agreement=agreement)
        for parent, link in zip(parents, Contact.objects.filter(client=client).order_by("position"), strict=True):
            self.people[parent] = link.party_id
        self.clients[name.lower()] = client.pk
        return client

    def rule(self, mode: str, payers=("ana", "ben"), **more):
        """A rule in the API's form, with the people by name."""
        named = {name: str(party) for name, party in self.people.items()}

        def ids(value):
            if isinstance(value, str):
                return named.get(value, value)
            if isinstance(value, dict):
                return {ids(key): ids(each) for key, each in value.items()}
            return [ids(each) for each in value] if isinstance(value, (list, tuple)) else value

        return {
            "mode": mode,
            "payers": ids(list(payers)),
            **{name: ids(value) for name, value in more.items()},
        }

    def arrange(
        self,
        viewer: Viewer,
        client_id: UUID,
        mode: str,
        payers=("ana", "ben"),
        *,
        starts_on=None,
        until=None,
        carry_over=False,
        exceptions=(),
        **more,
    ):
        agreement = read_agreement(
            self.rule(mode, payers, **more),
            starts_on=starts_on,
            until=until,
            carry_over=carry_over,
            exceptions=exceptions,
        )
        return set_arrangement(viewer, client_id=client_id, agreement=agreement)

    def book(self, viewer: Viewer, client_id: UUID, on: date, *, hour=16, status="show", **more) -> Appointment:
        """Book an appointment with Dr Kim at four, shown unless said otherwise."""
        starts_at = datetime(on.year, on.month, on.day, hour, tzinfo=viewer.zone)
        booking = Booking(
            client_id=client_id,
            clinician_id=self.members["kim"],
            service_id=more.pop("service_id", self.service_id),
            starts_at=starts_at,
            status=status,
            **more,
        )
        return book_appointment(viewer, booking=booking)

    def read_rule(self, mode: str, payers=("ana",), **more):
        return read_rule(self.rule(mode, payers, **more))


SESSION = {
    "name": "Individual session",
    "code": "90837",
    "fee_cents": 120_00,
    "minutes": 50,
    "missed_fee_cents": 60_00,
}
PARENTS = {
    "ana": PersonDraft(
        first_name="Ana",
        last_name="Ortiz",
        emails=(EmailDraft("ana.ortiz@mail.example"),),
        phones=(PhoneDraft("555-0142"),),
    ),
    "ben": PersonDraft(
        first_name="Ben",
        last_name="Ortiz",
        emails=(EmailDraft("ben@workshop.example"),),
        phones=(PhoneDraft("555-0187"),),
    ),
    "cy": PersonDraft(first_name="Cy", last_name="Reed"),
}


def let_in(member: Member) -> None:
    member.user.set_password(PASSWORD)
    member.user.save()


def nov(day: int) -> date:
    return date(2026, 11, day)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)

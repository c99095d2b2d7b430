"""The Ortiz family at the portal's door: Ana and Ben share Mia 60/40, Mia has a portal of her own, Leo is small."""

import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from kinbook.invitations.commands.sessions import open_session
from kinbook.invoices.commands.issue import issue_charges
from kinbook.messaging.commands.settling import set_messages
from kinbook.people.commands.clean import EmailDraft
from kinbook.people.commands.parties import set_emails
from kinbook.people.commands.reach import change_portal
from kinbook.people.models import Client as ClientRow
from kinbook.people.models import Party
from kinbook.scheduling.commands.book import Booking, book_appointment
from kinbook.web.assets import translate
from tests.cast import Cast, nov
from tests.conftest import stand
from tests.money import pay
from tests.portal.guest import Guest

ALL = {"access": True, "messages": True, "appointments": True, "billing_documents": True}
TEEN = {"access": True, "messages": True, "appointments": True}


@pytest.fixture(scope="session", autouse=True)
def translations():
    """Make the translations as they are written now."""
    translate()


@pytest.fixture
def entered(django_db_setup, django_db_blocker):
    """The cast and the family, committed once for all tests of this folder."""
    with django_db_blocker.unblock():
        return stand(enter_both)


@pytest.fixture
def both(entered, db):
    return copy.deepcopy(entered)


@pytest.fixture
def cast(both):
    return both[0]


@pytest.fixture
def family(both):
    return both[1]


def enter_both():
    cast = Cast.enter()
    return cast, enter_family(cast)


def enter_family(cast):
    """Enter the family with what each sees, sessions and invoices; returns ids by name."""
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        set_messages(viewer, on=True, for_new=True, notice_minutes=10)
        mia = cast.child(viewer, "Mia", born=date(2010, 2, 2))
        leo = cast.child(viewer, "Leo", born=date(2017, 3, 3))
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in (2, 9)]
        issued = issue_charges(viewer, client_id=mia.pk, charge_ids=charges)
        invoices = {each.payer_id: each for each in issued}
        pay(cast, viewer, "ana", 70_00)
        pay(cast, viewer, "ben", 13_00)
        party = Party.objects.get(pk=mia.party_id)
        set_emails(viewer, party, [EmailDraft("mia@teen.example")])
        cast.people["mia"] = party.pk
        for name in ("ana", "ben"):
            for child in (mia, leo):
                allow(viewer, child, cast.people[name], ALL)
        allow(viewer, mia, party.pk, TEEN)
        coming = {
            "mia": book_ahead(cast, viewer, mia.pk, 3),
            "leo": book_ahead(cast, viewer, leo.pk, 5),
            "secret": book_ahead(cast, viewer, mia.pk, 1, confidential=True),
        }
        return SimpleNamespace(
            mia=mia.pk,
            leo=leo.pk,
            coming=coming,
            invoice={name: invoices[cast.people[name]] for name in ("ana", "ben")},
        )


def allow(viewer, client, party_id, flags):
    client = ClientRow.objects.select_related("party").get(pk=getattr(client, "pk", client))
    change_portal(viewer, client=client, party=Party.objects.get(pk=party_id), flags=flags)


def book_ahead(cast, viewer, client_id, days, **more):
    starts_at = (datetime.now(UTC) + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    booking = Booking(
        client_id=client_id,
        clinician_id=cast.members["kim"],
        service_id=cast.service_id,
        location_id=cast.location_id,
        starts_at=starts_at,
        **more,
    )
    return book_appointment(viewer, booking=booking).pk


@pytest.fixture
def guest(cast, family):
    """Somebody of the family, signed in."""

    def signed_in(name, **more):
        secret = open_session(practice_id=cast.practice_id, party_id=cast.people[name], now=datetime.now(UTC), **more)
        return Guest(secret)

    return signed_in

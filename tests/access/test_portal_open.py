"""What is open to a person in the portal: one view of the database decides it, for staff pages and portal alike."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kinbook.access.models import PortalGrant, PortalOpen, PortalSuspension
from kinbook.people.models import Client, Contact
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

TODAY = timezone.localdate(timezone=ZoneInfo("America/New_York"))
YEARS = timedelta(days=366)


@pytest.fixture
def mia(cast):
    """Mia, twelve years old, whose parents both may use the portal, and she herself."""
    with cast.as_("owner") as viewer:
        client = cast.child(viewer, born=TODAY - 12 * YEARS)
        for party_id in (cast.people["ana"], cast.people["ben"], client.party_id):
            PortalGrant.objects.update_or_create(
                practice_id=cast.practice_id, client=client, party_id=party_id, defaults={"access": True}
            )
    return client


def opened(cast, mia):
    """Return whose portal is open for her."""
    names = {cast.people["ana"]: "ana", cast.people["ben"]: "ben", mia.party_id: "mia"}
    with cast.as_("owner"):
        return {names[party] for party in PortalOpen.objects.filter(client=mia).values_list("party_id", flat=True)}


def link(cast, name):
    return Contact.objects.filter(party_id=cast.people[name])


def test_it_is_open_to_whom_it_was_granted(cast, mia):
    assert opened(cast, mia) == {"ana", "ben", "mia"}
    with cast.as_("owner"):
        PortalGrant.objects.filter(party_id=cast.people["ben"]).update(access=False)
    assert opened(cast, mia) == {"ana", "mia"}


def test_a_suspension_closes_it_for_one_person_until_it_is_lifted(cast, mia):
    with cast.as_("owner") as viewer:
        held = PortalSuspension.objects.create(
            practice_id=cast.practice_id,
            client=mia,
            party_id=cast.people["ben"],
            reason="order",
            suspended_at=viewer.now,
            suspended_by="Dr Kim",
        )
    assert opened(cast, mia) == {"ana", "mia"}
    with cast.as_("owner") as viewer:
        PortalSuspension.objects.filter(pk=held.pk).update(lifted_at=viewer.now)
    assert opened(cast, mia) == {"ana", "ben", "mia"}


def test_it_ends_with_the_contacts_dates(cast, mia):
    with cast.as_("owner"):
        link(cast, "ben").update(until=TODAY)
    assert opened(cast, mia) == {"ana", "mia"}


def test_it_is_not_open_before_the_contact_begins(cast, mia):
    with cast.as_("owner"):
        link(cast, "ben").update(starts_on=TODAY + timedelta(days=2))
    assert opened(cast, mia) == {"ana", "mia"}


def test_it_ends_for_everybody_when_the_client_is_archived(cast, mia):
    with cast.as_("owner"):
        Client.objects.filter(pk=mia.pk).update(status="archived")
    assert opened(cast, mia) == set()


def test_a_guardians_ends_at_eighteen_unless_the_client_agrees(cast, mia):
    with cast.as_("owner"):
        mia.party.date_of_birth = TODAY - 19 * YEARS
        mia.party.save()
        PortalGrant.objects.filter(party_id=cast.people["ana"]).update(kept_from=TODAY)
    assert opened(cast, mia) == {"ana", "mia"}


def test_a_partner_keeps_theirs_at_eighteen(cast, mia):
    with cast.as_("owner"):
        mia.party.date_of_birth = TODAY - 19 * YEARS
        mia.party.save()
        link(cast, "ben").update(relationship="partner", legal_guardian=False)
    assert opened(cast, mia) == {"ben", "mia"}


def test_a_portal_person_reads_their_own_line_alone(cast, mia):
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, cast.people["ana"])):
        assert list(PortalOpen.objects.values_list("party_id", "is_own")) == [(cast.people["ana"], False)]
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, mia.party_id)):
        assert list(PortalOpen.objects.values_list("party_id", "is_own")) == [(mia.party_id, True)]


def test_another_practice_sees_none_of_it(cast, mia):
    with acting_as(Identity(mia.pk, ViewerKind.MEMBER, cast.members["owner"])):
        assert not PortalOpen.objects.exists()

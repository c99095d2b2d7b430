"""At eighteen what guardians see is the client's to say: in their own portal, or through the practice."""

from datetime import date

import pytest
from django.db import connection

from kinbook.access.models import PortalGrant
from kinbook.audit.models import Entry
from kinbook.people.models import Contact, Party
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.api.caller import Caller
from tests.scheduling.visitor import Visitor

VISITS, PROFILE = "/portal/appointments/", "/portal/profile/"


@pytest.fixture
def grown(cast, family):
    """Mia is of age; Ana and Ben had access, and a case worker has it still."""
    with cast.as_("owner"):
        Party.objects.filter(pk=cast.people["mia"]).update(date_of_birth=date(2000, 1, 1))
    return family


@pytest.fixture
def owner(cast, grown):
    return Visitor(cast, "owner")


def grant(cast, name):
    with cast.as_("owner"):
        return PortalGrant.objects.get(client_id=cast.clients["mia"], party_id=cast.people[name])


def url(grown, who, deed):
    return f"/clients/{grown.mia}/edit/portal/{who}/{deed}/"


def mine(cast, name, deed="keep"):
    return f"{PROFILE}guardians/{grant(cast, name).pk}/{deed}/"


def sees(guest, name):
    return "Mia," in guest(name).read(VISITS)


def test_the_client_lets_one_guardian_keep_it_and_ends_it_again(cast, guest, grown):
    mia = guest("mia")
    told = mia.read(PROFILE)
    assert "Who still sees your care" in told
    assert "Ana Ortiz No access any more" in told
    assert not sees(guest, "ana")
    assert mia.post(mine(cast, "ana")).status_code == 302
    assert (sees(guest, "ana"), sees(guest, "ben")) == (True, False)
    assert "Ana Ortiz Keeps access, since" in mia.read(PROFILE)
    assert mia.post(mine(cast, "ana", "keep/end")).status_code == 302
    assert not sees(guest, "ana")
    with cast.as_("owner"):
        told = Entry.objects.filter(action__startswith="portal.kept").order_by("at", "pk")
        assert [(each.action, each.viewer_kind, each.client_id) for each in told] == [
            ("portal.kept", "portal", grown.mia),
            ("portal.kept_ended", "portal", grown.mia),
        ]


def test_what_is_confidential_stays_the_clients_alone(cast, guest, grown):
    guest("mia").post(mine(cast, "ana"))
    assert guest("mia").read(VISITS).count("Dr Kim") > guest("ana").read(VISITS).count("Mia,")


def test_twice_is_told_and_changes_nothing(cast, guest, grown):
    mia = guest("mia")
    mia.post(mine(cast, "ana"))
    assert mia.post(mine(cast, "ana")).status_code == 409
    assert mia.post(mine(cast, "ben", "keep/end")).status_code == 409


def test_nobody_says_it_for_somebody_else(cast, guest, grown):
    for name in ("ana", "ben"):
        browser = guest(name)
        assert "Who still sees" not in browser.read(PROFILE)
        assert browser.post(mine(cast, name)).status_code == 404
        assert browser.post(mine(cast, "ana")).status_code == 404
    assert grant(cast, "ana").kept_from is None
    chosen = grant(cast, "ana").pk
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, cast.people["ana"])), connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_keep(%s, true)", [chosen])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT count(*) FROM access_portal_guardian")
        assert cursor.fetchone() == (0,)


def test_a_minor_has_nothing_to_say_here(cast, guest, family):
    mia = guest("mia")
    assert "Who still sees" not in mia.read(PROFILE)
    assert mia.post(mine(cast, "ana")).status_code == 404


def test_who_is_suspended_or_no_guardian_is_not_shown(cast, guest, grown, owner):
    with cast.as_("owner"):
        Contact.objects.filter(client_id=grown.mia, party_id=cast.people["ben"]).update(
            relationship="case_worker", legal_guardian=False
        )
    assert owner.send(url(grown, cast.people["ana"], "suspend"), {"reason": "Court order"}).status_code == 204
    told = guest("mia").read(PROFILE)
    assert "Ana" not in told
    assert "Ben" not in told
    assert guest("mia").post(mine(cast, "ana")).status_code == 404


def test_staff_record_that_the_client_agreed_and_agrees_no_longer(cast, guest, grown, owner):
    ana, page = cast.people["ana"], f"/clients/{grown.mia}/edit/portal/"
    assert owner.get(page).content.decode().count("Ended at 18") == 2
    assert owner.send(url(grown, ana, "keep")).status_code == 204
    assert sees(guest, "ana")
    told = owner.get(page).content.decode()
    assert (told.count("Ended at 18"), told.count("Keeps access")) == (1, 1)
    assert owner.send(url(grown, ana, "keep")).status_code == 409
    assert owner.send(url(grown, ana, "keep/end")).status_code == 204
    assert owner.send(url(grown, ana, "keep/end")).status_code == 409
    assert not sees(guest, "ana")
    with cast.as_("owner"):
        found = Entry.objects.filter(action__startswith="portal.kept").order_by("at", "pk")
        assert [each.action for each in found] == ["portal.kept", "portal.kept_ended"]
        assert {each.viewer_name for each in found} == {"Helen Marsh"}


def test_of_a_minor_or_who_is_no_guardian_staff_record_nothing(cast, family):
    helen = Visitor(cast, "owner")
    for name in ("ana", "mia"):
        assert helen.send(url(family, cast.people[name], "keep")).status_code == 409
    assert grant(cast, "ana").kept_from is None


def test_programs_record_it_too(cast, grown):
    owner = Caller(cast, "owner")
    path = f"/clients/{grown.mia}/portal/{cast.people['ana']}/kept"
    shown = owner.put(path, {})
    assert (shown["kept_from"] is not None, shown["ended_at_18"]) == (True, False)
    owner.put(path, {}, status=409)
    owner.delete(path)
    ana = next(
        each
        for each in owner.get(f"/clients/{grown.mia}/portal")["items"]
        if each["person_id"] == str(cast.people["ana"])
    )
    assert (ana["kept_from"], ana["ended_at_18"]) == (None, True)

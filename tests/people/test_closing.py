"""Closing a record, letting people in, opening it again, and opening it in an emergency."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.access.actions import Action
from kinbook.access.models import EmergencyAccess, Restriction
from kinbook.access.policy import may, may_read_confidential
from kinbook.audit.models import Entry
from kinbook.mail.models import Letter
from kinbook.people.commands.closing import close_record, end_emergency, open_in_emergency, reopen_record
from kinbook.people.queries.openers import openers
from kinbook.team.commands.clients import assign_clinicians, set_supervisor
from kinbook.team.commands.members import add_member
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.access.closing import grant
from tests.access.rights import ROLES
from tests.cast import TODAY, later
from tests.scheduling.visitor import Visitor


@pytest.fixture
def mia(cast):
    """Mia is Dr Kim's, shared with Bo Hart, whom Sun Park supervises."""
    with cast.as_("owner") as viewer:
        client = cast.child(viewer)
        assign_clinicians(
            viewer, client_id=client.pk, primary_id=cast.members["kim"], shared_ids=[cast.members["basic"]]
        )
        set_supervisor(viewer, supervisee_id=cast.members["basic"], supervisor_id=cast.members["supervisor"])
    return client.pk


def close(cast, client_id, by="kim", kind="all_but_named", named=("kim",), **more):
    with cast.as_(by) as viewer:
        named = [cast.members[each] for each in named]
        return close_record(
            viewer, client_id=client_id, kind=kind, reason="A colleague's child", member_ids=named, **more
        )


def named(cast, client_id, now=None):
    """Who stands on the page of those who can open it, as Dr Kim sees it, by the names of the cast."""
    back = {member_id: name for name, member_id in cast.members.items()}
    with cast.as_("kim", now) as viewer:
        return {back[row.member_id]: row for row in openers(viewer, client_id).rows}


def test_the_page_names_whom_the_policy_lets_in_and_nobody_else(cast, mia):
    grant(cast, "fulllist", Action.CLIENT_OPEN, "all")
    for _ in range(3):
        listed = named(cast, mia)
        for name in ROLES:
            with cast.as_(name) as viewer:
                assert (name in listed) is may(viewer, Action.CLIENT_OPEN, mia), name
                reads = name in listed and listed[name].in_confidence
                assert reads is may_read_confidential(viewer, mia), name
        if not Restriction.objects.exists():
            close(cast, mia, kind="administrative", named=())
        else:
            close(cast, mia, named=("kim", "fulllist"))


def test_the_page_says_why(cast, mia):
    grant(cast, "fulllist", Action.CLIENT_OPEN, "all", until=later(9).date())
    why = {name: row.reasons for name, row in named(cast, mia).items()}
    assert why["kim"] == ("Primary clinician",)
    assert why["basic"] == ("Shared with them",)
    assert why["supervisor"] == ("Supervises Bo Hart",)
    assert why["entire"] == ("Every client: Clinician, entire practice",)
    assert why["fulllist"] == ("Granted until 2026-11-27: Stands in",)
    assert {name for name, row in named(cast, mia).items() if row.is_administrative} == {"biller", "scheduler"}


def test_the_page_shows_names_and_the_badge_in_as_many_statements_for_a_larger_team(cast, mia):
    close(cast, mia, named=("kim", "basic"))
    kim = Visitor(cast, "kim")
    url = f"/clients/{mia}/access/"
    kim.get(url)
    with CaptureQueriesContext(connection) as few:
        text = kim.get(url).content.decode()
    for words in ("Dr June Kim", "Bo Hart", "Restricted", "A colleague&#x27;s child", "Primary clinician"):
        assert words in text, words
    assert "Helen Marsh" not in text.replace("by Dr June Kim", "")
    with cast.as_("owner") as viewer:
        for place in range(6):
            email = f"m{place}@kinbook.example"
            roles = ["supervisor"] if place % 2 else ["clinician_basic"]
            made = add_member(viewer, email=email, first_name="M", last_name=f"N{place}", roles=roles, invite=False)
            cast.members[email] = made.pk
        for place in range(0, 6, 2):
            pair = (cast.members[f"m{each}@kinbook.example"] for each in (place, place + 1))
            set_supervisor(viewer, supervisee_id=next(pair), supervisor_id=next(pair))
    with CaptureQueriesContext(connection) as many:
        kim.get(url)
    assert len(few) == len(many) <= 16


def test_closing_says_who_and_why_and_is_on_record(cast, mia):
    close(cast, mia, named=("kim", "biller"))
    with cast.as_("kim"):
        (entry,) = Entry.objects.filter(action="client.closed")
        assert entry.client_id == mia
        assert entry.details["kind"] == "all_but_named"
        assert len(entry.details["named"]) == 2


def test_closing_anew_replaces_what_held_and_keeps_it_on_record(cast, mia):
    close(cast, mia, named=("kim",))
    close(cast, mia, named=("kim", "owner"))
    assert "owner" in named(cast, mia)
    with cast.as_("kim"):
        assert Restriction.objects.filter(client_id=mia).count() == 2
        assert Restriction.objects.filter(client_id=mia, until=None).count() == 1


def test_who_may_close_may_open_again(cast, mia):
    close(cast, mia)
    with cast.as_("basic") as viewer, pytest.raises(Forbidden):
        reopen_record(viewer, client_id=mia)
    with cast.as_("owner") as viewer, pytest.raises(Forbidden):
        reopen_record(viewer, client_id=mia)
    with cast.as_("kim") as viewer:
        reopen_record(viewer, client_id=mia)
        with pytest.raises(Conflict):
            reopen_record(viewer, client_id=mia)
    assert "owner" in named(cast, mia)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "everybody"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"member_ids": []}, "members"),
        ({"until": TODAY}, "until"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field(cast, mia, wrong, field):
    asked = {"kind": "all_but_named", "reason": "Why", "member_ids": [cast.members["kim"]]}
    with cast.as_("kim") as viewer, pytest.raises(Invalid) as refused:
        close_record(viewer, client_id=mia, **{**asked, **wrong})
    assert set(refused.value.problems) == {field}


def test_only_people_of_the_team_are_let_in(cast, mia):
    with cast.as_("kim") as viewer, pytest.raises(Invalid):
        close_record(viewer, client_id=mia, kind="all_but_named", reason="Why", member_ids=[cast.practice_id])


def test_nobody_closes_a_record_that_is_not_theirs_to_close(cast, mia):
    for name in ("entire", "fulllist", "supervisor", "biller", "scheduler"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            close_record(viewer, client_id=mia, kind="administrative", reason="Why")


def test_an_emergency_opens_it_says_why_and_tells_who_treats_the_client(cast, mia):
    close(cast, mia)
    with cast.as_("owner") as viewer:
        made = open_in_emergency(viewer, client_id=mia, reason="Her clinician is in hospital")
        assert made.ends_at - made.starts_at == timedelta(hours=24)
        letters = list(Letter.objects.order_by("to"))
        entry = Entry.objects.get(action="emergency.opened")
    assert [each.to for each in letters] == ["basic@kinbook.example", "kim@kinbook.example"]
    for letter in letters:
        assert f"/clients/{mia}/access/" in letter.body
        for name in ("Mia", "Ortiz"):
            assert name not in letter.body + letter.subject
    assert (entry.client_id, entry.details["reason"]) == (mia, "Her clinician is in hospital")
    with cast.as_("owner") as viewer:
        assert may(viewer, Action.CLIENT_OPEN, mia)
        with pytest.raises(Conflict):
            open_in_emergency(viewer, client_id=mia, reason="Again")
        end_emergency(viewer, client_id=mia)
        with pytest.raises(Conflict):
            end_emergency(viewer, client_id=mia)
    with cast.as_("owner") as viewer:
        assert not may(viewer, Action.CLIENT_OPEN, mia)
        assert EmergencyAccess.objects.count() == 1


def test_no_emergency_without_a_reason_a_client_or_the_right(cast, mia):
    with cast.as_("owner") as viewer:
        with pytest.raises(Invalid):
            open_in_emergency(viewer, client_id=mia, reason="\x00 ")
        with pytest.raises(Unknown):
            open_in_emergency(viewer, client_id=cast.practice_id, reason="Why")
    for name in ("manager", "kim", "entire"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            open_in_emergency(viewer, client_id=mia, reason="Why")


def test_an_owner_finds_closed_records_without_names_and_opens_one(cast, mia):
    close(cast, mia)
    helen = Visitor(cast, "owner")
    assert helen.get(f"/clients/{mia}/").status_code == 404
    page = helen.get("/settings/closed-records/").content.decode()
    assert "Dr June Kim, Bo Hart" in page
    assert "Mia" not in page
    assert "Ortiz" not in page
    with cast.as_("owner"):
        restriction = Restriction.objects.get()
    url = f"/settings/closed-records/{restriction.pk}/"
    assert helen.post(url, {"reason": ""}).status_code == 422
    assert helen.post(url, {"reason": "In danger"}).status_code == 302
    assert "Open until" in helen.get("/settings/closed-records/").content.decode()
    assert helen.get(f"/clients/{mia}/").status_code == 200
    assert "in an emergency until" in helen.get(f"/clients/{mia}/access/").content.decode()


def test_closing_on_the_page(cast, mia):
    kim = Visitor(cast, "kim")
    url = f"/clients/{mia}/access/close/"
    dialog = kim.dialog(url).content.decode()
    assert f'value="{cast.members["basic"]}" id="id_members_' in dialog
    assert dialog.count("checked") == 2, "who treats the client is let in"
    assert kim.post(url, {"kind": "all_but_named", "reason": "Why", "members": []}).status_code == 422
    assert kim.post(url, {"kind": "administrative", "reason": "Why"}).status_code == 302
    assert "Restricted" in kim.get(f"/clients/{mia}/").content.decode()
    assert Visitor(cast, "manager").get(f"/clients/{mia}/").status_code == 404
    assert kim.post(f"/clients/{mia}/access/reopen/").status_code == 302
    assert "Restricted" not in kim.get(f"/clients/{mia}/").content.decode()

"""Leave and departure: clients, appointments and supervisees go to another, once, and the past stays."""

from datetime import timedelta

import pytest

from kinbook.access.models import Assignment, RoleGrant, Supervision, Token
from kinbook.audit.models import Entry
from kinbook.overview.commands.handover import HandedOver, hand_over
from kinbook.overview.queries.handover import Handover, handover_preview
from kinbook.scheduling.models import Appointment
from kinbook.team.commands.clients import assign_clinicians, set_supervisor
from kinbook.team.commands.leaving import finish_departures, let_go
from kinbook.team.commands.permissions import give_role
from kinbook.team.commands.tokens import make_token
from kinbook.team.models import Member, Seat
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.access.closing import close
from tests.cast import TODAY, later, nov
from tests.scheduling.visitor import Visitor

SOON = TODAY + timedelta(days=2)
BACK = TODAY + timedelta(days=9)


@pytest.fixture
def kim(cast):
    """Dr Kim treats Mia and Leo, met Mia on the 9th, will on the 20th and the 30th, and supervises Bo Hart."""
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer), cast.child(viewer, "Leo")
        cast.book(viewer, mia.pk, nov(9))
        for day in (20, 30):
            cast.book(viewer, mia.pk, nov(day), status="scheduled")
        give_role(viewer, member_id=cast.members["kim"], role="supervisor")
        set_supervisor(viewer, supervisee_id=cast.members["basic"], supervisor_id=cast.members["kim"])
        Assignment.objects.update(starts_on=nov(1))
        Supervision.objects.update(starts_on=nov(1))
        RoleGrant.objects.update(starts_on=nov(1))
    return mia.pk, leo.pk


def plan(cast, to="entire", who="kim", **more):
    return Handover(cast.members[who], cast.members[to], **{"on": SOON, **more})


def away(cast, **more):
    return plan(cast, back_on=BACK, **more)


def leaves(cast, **more):
    return plan(cast, leaves=True, **more)


def done(cast, handover, by="owner"):
    with cast.as_(by) as viewer:
        preview = handover_preview(viewer, handover)
        given = hand_over(viewer, handover=handover)
        assert given == HandedOver(
            preview.clients, preview.appointments, len(preview.supervisees), preview.conversations
        )
        return given


def whose(cast, client_id):
    """Whose client it is: member, primary or not, from and until."""
    back = {member_id: name for name, member_id in cast.members.items()}
    with cast.as_("owner"):
        rows = Assignment.objects.filter(client_id=client_id).order_by("starts_on", "pk")
        return [(back[each.member_id], each.is_primary, each.starts_on, each.until) for each in rows]


def clinicians(cast):
    back = {member_id: name for name, member_id in cast.members.items()}
    with cast.as_("owner"):
        rows = Appointment.objects.order_by("starts_at")
        return [(each.on_date.day, back[each.clinician_id]) for each in rows]


def test_away_the_other_has_the_clients_beside_them_until_they_are_back(cast, kim):
    assert done(cast, away(cast)) == HandedOver(2, 1, 1)
    assert whose(cast, kim[0]) == [("kim", True, nov(1), None), ("entire", False, SOON, BACK)]
    assert clinicians(cast) == [(9, "kim"), (20, "entire"), (30, "kim")]
    with cast.as_("owner"):
        rows = Supervision.objects.order_by("starts_on").values_list("supervisor_id", "starts_on", "until")
        mine, theirs = cast.members["kim"], cast.members["entire"]
        assert list(rows) == [(mine, nov(1), SOON), (theirs, SOON, BACK), (mine, BACK, None)]


def test_who_leaves_gives_everything_and_is_out_on_the_day(cast, kim):
    with cast.as_("kim") as viewer:
        make_token(viewer, label="Books")
    june = Visitor(cast, "kim")
    assert done(cast, leaves(cast, on=TODAY)) == HandedOver(2, 2, 1)
    assert whose(cast, kim[0]) == [("kim", True, nov(1), TODAY), ("entire", True, TODAY, None)]
    assert clinicians(cast) == [(9, "kim"), (20, "entire"), (30, "entire")]
    assert june.get("/clients/").status_code == 302
    with cast.as_("owner"):
        assert not Token.objects.filter(member_id=cast.members["kim"], revoked_at=None).exists()
        assert not Seat.objects.filter(member_id=cast.members["kim"]).exists()
        assert Member.objects.get(pk=cast.members["kim"]).left_on == TODAY
        assert not RoleGrant.objects.filter(member_id=cast.members["kim"], until=None).exists()


def test_who_leaves_later_works_until_the_day(cast, kim):
    with cast.as_("kim") as viewer:
        token, _ = make_token(viewer, label="Books")
    done(cast, leaves(cast))
    with cast.as_("kim", later(1)) as viewer:
        assert viewer.roles
        token.refresh_from_db()
        assert token.expires_at.astimezone(viewer.zone).date() == SOON
    with pytest.raises(AssertionError), cast.as_("kim", later(2)):
        pass
    for days, closed in ((1, 0), (2, 1), (2, 0)):
        with cast.as_("owner"):
            assert finish_departures(rule_viewer(cast.practice_id, now=later(days))) == closed
    with cast.as_("owner"):
        assert Member.objects.get(pk=cast.members["kim"]).left_on == SOON
        assert not Seat.objects.filter(member_id=cast.members["kim"]).exists()


def test_only_the_practices_own_rule_closes_accounts(cast, kim):
    with cast.as_("biller") as viewer, pytest.raises(Forbidden):
        finish_departures(viewer)


def test_the_second_time_finds_nothing(cast, kim):
    done(cast, away(cast))
    assert done(cast, away(cast)) == HandedOver(0, 0, 0)
    done(cast, leaves(cast))
    assert done(cast, leaves(cast)) == HandedOver(0, 0, 0)
    done(cast, leaves(cast, on=TODAY))
    with cast.as_("owner") as viewer, pytest.raises(Conflict):
        hand_over(viewer, handover=leaves(cast, on=TODAY))


def test_a_client_the_other_shares_already_becomes_theirs(cast, kim):
    with cast.as_("owner") as viewer:
        shared = [cast.members["entire"]]
        assign_clinicians(viewer, client_id=kim[0], primary_id=cast.members["kim"], shared_ids=shared)
    done(cast, leaves(cast))
    assert whose(cast, kim[0]) == [
        ("kim", True, nov(1), SOON),
        ("entire", False, TODAY, SOON),
        ("entire", True, SOON, None),
    ]


def test_a_closed_record_stays_where_it_is_and_is_told_of(cast, kim):
    close(cast, kim[0], "kim")
    with cast.as_("owner") as viewer:
        preview = handover_preview(viewer, away(cast))
        assert (preview.clients, preview.names, preview.closed) == (1, ["Leo Ortiz"], 1)
    assert done(cast, away(cast)) == HandedOver(1, 0, 1)
    assert [each[0] for each in whose(cast, kim[0])] == ["kim"]


def test_it_is_on_record_by_client(cast, kim):
    done(cast, away(cast))
    with cast.as_("owner"):
        entries = Entry.objects.filter(action="client.handed_over")
        assert {each.client_id for each in entries} == set(kim)
        assert Entry.objects.filter(action="member.handed_over").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "kim", "leaves": True}, "to"),
        ({"on": TODAY - timedelta(days=1), "leaves": True}, "on"),
        ({"leaves": True, "back_on": BACK}, "back_on"),
        ({}, "back_on"),
        ({"back_on": SOON}, "back_on"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field(cast, kim, wrong, field):
    with cast.as_("owner") as viewer, pytest.raises(Invalid) as refused:
        hand_over(viewer, handover=plan(cast, **wrong))
    assert set(refused.value.problems) == {field}


def test_the_last_owner_does_not_leave(cast, kim):
    with cast.as_("owner") as viewer:
        give_role(viewer, member_id=cast.members["manager"], role="owner", until=SOON + timedelta(days=9))
    with cast.as_("manager") as viewer, pytest.raises(Conflict, match="keeps an owner"):
        hand_over(viewer, handover=leaves(cast, who="owner"))
    with cast.as_("manager") as viewer, pytest.raises(Conflict, match="keeps an owner"):
        let_go(viewer, member_id=cast.members["owner"])


def test_who_may_not_manage_the_team_or_an_owner_hands_nothing_over(cast, kim):
    with cast.as_("manager") as viewer, pytest.raises(Forbidden):
        hand_over(viewer, handover=away(cast, who="owner"))
    with cast.as_("kim") as viewer, pytest.raises(Forbidden):
        hand_over(viewer, handover=away(cast))
    with cast.as_("owner") as viewer, pytest.raises((Conflict, Unknown)):
        hand_over(viewer, handover=Handover(cast.practice_id, cast.members["kim"], SOON, leaves=True))


def test_a_manager_hands_over_to_an_owner(cast, kim):
    assert done(cast, away(cast, to="owner"), by="manager") == HandedOver(2, 1, 1)


def test_on_the_page_first_what_would_be_then_the_deed(cast, kim):
    helen = Visitor(cast, "owner")
    url = f"/settings/team/{cast.members['kim']}/hand-over/"
    assert helen.get(url).status_code == 200
    body = {"to": cast.members["entire"], "on": "2036-11-20", "leaves": "leaves"}
    text = helen.post(url, body).content.decode()
    assert "2 clients: Leo Ortiz, Mia Ortiz" in text
    assert "1 supervisee: Bo Hart" in text
    assert [each[0] for each in whose(cast, kim[0])] == ["kim"]
    assert helen.post(url, {**body, "leaves": "away", "confirmed": "yes"}).status_code == 422
    assert helen.post(url, {**body, "confirmed": "yes"}).status_code == 302
    assert [each[0] for each in whose(cast, kim[0])] == ["kim", "entire"]

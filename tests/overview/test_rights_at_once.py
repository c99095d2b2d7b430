"""Two at the same moment: one owner stays, one restriction holds, and a handover happens once."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from kinbook.access.models import Assignment, Restriction, RoleGrant
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.queries.handover import Handover
from kinbook.people.commands.closing import close_record
from kinbook.team.commands.leaving import let_go
from kinbook.team.commands.permissions import give_role
from kinbook.tenancy.refused import Conflict
from tests.cast import TODAY


def both(*deeds):
    """Do the deeds at the same moment; return what each gave, or how it was refused."""
    start, found = Barrier(len(deeds)), []

    def one(deed):
        start.wait()
        try:
            found.append(deed())
        except Conflict as refused:
            found.append(refused)
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(deeds), "one failed otherwise than by a refusal"
    return found


def refusals(found):
    return [each for each in found if isinstance(each, Conflict)]


@pytest.fixture
def cast(lasting_cast):
    return lasting_cast


def test_of_two_owners_who_let_each_other_go_one_stays(cast):
    with cast.as_("owner") as viewer:
        give_role(viewer, member_id=cast.members["manager"], role="owner")

    def by(name, gone):
        def deed():
            with cast.as_(name) as viewer:
                let_go(viewer, member_id=cast.members[gone])

        return deed

    found = both(by("owner", "manager"), by("manager", "owner"))
    assert len(refusals(found)) == 1
    with cast.as_("entire"):
        assert RoleGrant.objects.filter(role="owner", until=None).count() == 1


def test_a_record_is_closed_once(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer).pk

    def deed():
        with cast.as_("kim") as viewer:
            close_record(viewer, client_id=mia, kind="administrative", reason="A colleague's child")

    found = both(deed, deed, deed)
    assert len(refusals(found)) < 3
    with cast.as_("kim"):
        assert Restriction.objects.filter(client_id=mia, until=None).count() == 1


def test_a_handover_at_the_same_moment_gives_each_client_once(cast):
    with cast.as_("owner") as viewer:
        clients = [cast.child(viewer).pk, cast.child(viewer, "Leo").pk]

    def to(name):
        def deed():
            with cast.as_("owner") as viewer:
                plan = Handover(cast.members["kim"], cast.members[name], TODAY, leaves=True)
                return hand_over(viewer, handover=plan)

        return deed

    found = both(to("entire"), to("fulllist"))
    assert len(refusals(found)) == 1
    with cast.as_("owner"):
        held = Assignment.objects.filter(client_id__in=clients, until=None)
        assert held.count() == 2
        assert len(set(held.values_list("member_id", flat=True))) == 1

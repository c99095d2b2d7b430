"""Who reads what a young client told in confidence: who treats them, who supervises that, an owner in an emergency."""

from dataclasses import replace

import pytest

from kinbook.access.models import PermissionGrant
from kinbook.access.policy import clients_in_confidence, may_read_confidential
from kinbook.people.models import Client
from kinbook.team.commands.clients import assign_clinicians, set_supervisor
from kinbook.tenancy.viewer import ViewerKind
from tests.access.closing import close, open_in_emergency
from tests.access.rights import ROLES
from tests.cast import NOW, TODAY, later


@pytest.fixture
def mia(cast):
    """Mia, treated by Dr Kim and Dr Novak's colleague Bo Hart, whom Sun Park supervises; Zoe is Dr Novak's."""
    with cast.as_("owner") as viewer:
        client = cast.child(viewer)
        cast.child(viewer, "Zoe", clinician="entire")
        shared = [cast.members["basic"], cast.members["biller"]]
        assign_clinicians(viewer, client_id=client.pk, primary_id=cast.members["kim"], shared_ids=shared)
        set_supervisor(viewer, supervisee_id=cast.members["basic"], supervisor_id=cast.members["supervisor"])
    return client.pk


def readers(cast, client_id, now=NOW):
    """Who may read, asked of the one client and of the list of all."""
    found = set()
    for name in ROLES:
        with cast.as_(name, now) as viewer:
            listed = client_id in Client.objects.filter(clients_in_confidence(viewer, "pk")).values_list(
                "pk", flat=True
            )
            assert may_read_confidential(viewer, client_id) is listed, f"{name}: the one and the list differ"
            found |= {name} if listed else set()
    return found


def test_who_treats_reads_and_who_supervises_them(cast, mia):
    assert readers(cast, mia) == {"kim", "basic", "supervisor"}


def test_a_clinician_of_the_entire_practice_reads_their_own_clients_only(cast, mia):
    assert readers(cast, cast.clients["zoe"]) == {"entire"}


def test_what_ends_ends(cast, mia):
    with cast.as_("owner", later(3)) as viewer:
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["kim"], shared_ids=[])
    assert readers(cast, mia, later(2)) == {"kim", "basic", "supervisor"}
    assert readers(cast, mia, later(3)) == {"kim"}


def test_a_supervisor_reads_through_a_clinician_only(cast, mia):
    with cast.as_("owner") as viewer:
        set_supervisor(viewer, supervisee_id=cast.members["biller"], supervisor_id=cast.members["supervisor"])
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["kim"], shared_ids=[cast.members["biller"]])
    assert readers(cast, mia) == {"kim"}


def test_no_permission_and_no_other_role_lets_anybody_read(cast, mia):
    with cast.as_("owner"):
        PermissionGrant.objects.create(
            practice_id=cast.practice_id,
            member_id=cast.members["manager"],
            action="messages:see",
            scope="all",
            note="Covers the front desk",
            starts_on=TODAY,
        )
    assert "manager" not in readers(cast, mia)


def test_an_owner_reads_in_an_emergency_while_it_lasts(cast, mia):
    open_in_emergency(cast, "owner", mia)
    assert readers(cast, mia) == {"kim", "basic", "supervisor", "owner"}
    assert "owner" not in readers(cast, cast.clients["zoe"])
    assert "owner" not in readers(cast, mia, later(1))


def test_an_emergency_opens_nothing_to_who_is_no_owner_any_more(cast, mia):
    open_in_emergency(cast, "manager", mia)
    assert "manager" not in readers(cast, mia)


def test_a_closed_record_is_closed_in_confidence_too(cast, mia):
    close(cast, mia, "kim")
    assert readers(cast, mia) == {"kim"}
    open_in_emergency(cast, "owner", mia)
    assert readers(cast, mia) == {"kim", "owner"}


def test_no_job_and_nobody_outside_the_team_reads(cast, mia):
    with cast.as_("kim") as viewer:
        for kind in (ViewerKind.JOB, ViewerKind.PORTAL, ViewerKind.VISITOR):
            other = replace(viewer, kind=kind)
            assert not may_read_confidential(other, mia)
            assert not Client.objects.filter(clients_in_confidence(other, "pk")).exists()

"""The newest seal goes outside every day, once, and shows later that the chain before it is the same."""

import pytest

from kinbook.audit.models import Entry, HeadAddress
from kinbook.audit.sealing import seal_practice
from kinbook.audit.verify import newest_seal, verify
from kinbook.mail.models import Letter
from kinbook.overview.commands.audit_head import send_head, set_head_address
from kinbook.overview.jobs import send_audit_heads
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.refused import Forbidden, Invalid
from tests.cast import NOW, later
from tests.scheduling.visitor import Visitor

OUTSIDE = "lawyer@outside.example"


@pytest.fixture
def chosen(cast):
    with cast.as_("owner") as viewer:
        set_head_address(viewer, email=f" {OUTSIDE} ")
    seal_practice(cast.practice_id)


def send(cast, now=NOW):
    with cast.as_("owner"):
        return send_head(rule_viewer(cast.practice_id, now=now))


def test_it_goes_once_a_day_with_the_digest_that_verifies(cast, chosen):
    assert [send(cast), send(cast), send(cast, later(1))] == [True, False, True]
    with cast.as_("owner") as viewer:
        letters = list(Letter.objects.filter(to=OUTSIDE))
        seal = newest_seal()
        assert len(letters) == 2
        assert seal.digest in letters[0].body
        assert verify(viewer, head=seal.digest).ok
        assert Entry.objects.filter(action="audit.head_sent").count() == 2


def test_nothing_goes_where_no_address_is_chosen_or_nothing_is_sealed(cast, chosen):
    with cast.as_("owner") as viewer:
        set_head_address(viewer, email="")
        assert not HeadAddress.objects.exists()
    assert not send(cast)


def test_who_sets_it_reads_the_whole_log_and_settings(cast):
    for name in ("biller", "kim", "scheduler"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            set_head_address(viewer, email=OUTSIDE)
    with cast.as_("manager") as viewer:
        set_head_address(viewer, email=OUTSIDE)
        set_head_address(viewer, email="second@outside.example")
        assert HeadAddress.objects.get().email == "second@outside.example"
        entry = Entry.objects.filter(action="audit.head_address_set").latest("pk")
        assert entry.details == {"before": OUTSIDE, "after": "second@outside.example"}
        with pytest.raises(Invalid):
            set_head_address(viewer, email="nobody")
    with cast.as_("biller") as viewer, pytest.raises(Forbidden):
        send_head(viewer)


def test_on_the_page(cast):
    helen = Visitor(cast, "owner")
    assert helen.post("/settings/audit-log/head/", {"email": "x"}).status_code == 422
    assert helen.post("/settings/audit-log/head/", {"email": OUTSIDE}).status_code == 302
    assert OUTSIDE in helen.get("/settings/audit-log/").content.decode()
    assert OUTSIDE not in Visitor(cast, "biller").get("/settings/audit-log/").content.decode()


def test_the_job_does_every_practice(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        set_head_address(viewer, email=OUTSIDE)
    seal_practice(lasting_cast.practice_id)
    for _ in range(2):
        send_audit_heads(0)
    with lasting_cast.as_("owner"):
        assert Letter.objects.filter(to=OUTSIDE).count() == 1

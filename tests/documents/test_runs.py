"""Statements for everybody with a balance: a dry run, steps that are whole, each payer once however often it is tried."""

from datetime import UTC, datetime

import pytest

from kinbook.documents.commands import runs
from kinbook.documents.commands.runs import (
    advance_statements,
    pause_statements,
    progress_of,
    resume_statements,
    start_statements,
)
from kinbook.documents.models import Document, Sending, StatementRun
from kinbook.documents.queries.owing import owing
from kinbook.mail.models import Letter
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import nov
from tests.money import invoiced, pay, promises_hold
from tests.scheduling.visitor import Visitor

NOVEMBER = {"since": nov(1), "through": nov(30)}


def families(cast, viewer, count):
    """Enter families, each with one payer who owes 120.00; Cy Reed has no e-mail."""
    for place in range(count):
        cast.people.pop("cy", None)
        invoiced(cast, viewer, 2, name=f"C{place}", parents=("cy",))


def finish(viewer, run):
    while advance_statements(viewer, run_id=run.pk):
        pass
    return StatementRun.objects.get(pk=run.pk)


def test_everybody_who_owes_gets_one_and_is_sent_it(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        families(cast, viewer, 2)
        invoiced(cast, viewer, 4, name="Leo", parents=("ben",))
        pay(cast, viewer, "ben", 120_00)
        assert [(each.payer.name, each.cents, bool(each.address)) for each in owing(viewer)] == [
            ("Ana Ortiz", 120_00, True),
            ("Cy Reed", 120_00, False),
            ("Cy Reed", 120_00, False),
        ]
        run = finish(viewer, start_statements(viewer, **NOVEMBER, sends=True))
        progress = progress_of(run)
        assert (progress.done, progress.payers, progress.made, progress.sent) == (3, 3, 3, 1)
        assert run.state == "done"
        assert Document.objects.filter(run_id=run.pk).count() == 3
        assert Letter.objects.get().to == "ana.ortiz@mail.example"
        promises_hold(cast)


def test_a_step_is_whole_or_not_done_and_nobody_gets_two(cast, monkeypatch):
    with cast.as_("owner") as viewer:
        monkeypatch.setattr(runs, "PAYERS_A_STEP", 2)
        families(cast, viewer, 5)
        run = start_statements(viewer, **NOVEMBER, sends=False)
        advance_statements(viewer, run_id=run.pk)
        assert Document.objects.count() == 2

        def killed(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(runs, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            advance_statements(viewer, run_id=run.pk)
        assert Document.objects.count() == 2
        monkeypatch.undo()
        finish(viewer, run)
        assert Document.objects.count() == 5
        assert not advance_statements(viewer, run_id=run.pk)
        assert len(set(Document.objects.values_list("payer_id", flat=True))) == 5


def test_who_has_paid_meanwhile_gets_none(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        run = start_statements(viewer, **NOVEMBER, sends=True)
        pay(cast, viewer, "ana", 120_00)
        finish(viewer, run)
        assert not Document.objects.exists()


def test_it_is_paused_and_goes_on(cast):
    with cast.as_("owner") as viewer:
        families(cast, viewer, 1)
        run = start_statements(viewer, **NOVEMBER, sends=False)
        pause_statements(viewer, run=run)
        assert not advance_statements(viewer, run_id=run.pk)
        with pytest.raises(Conflict):
            pause_statements(viewer, run=run)
        resume_statements(viewer, run=run)
        assert progress_of(finish(viewer, run)).made == 1
        with pytest.raises(Invalid):
            start_statements(viewer, since=nov(2), through=nov(1), sends=False)


def test_a_clinician_reaches_payers_of_own_clients_alone(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, parents=("ben",))
        invoiced(cast, viewer, 2, name="Leo", parents=("ana",))
        invoiced(cast, viewer, 4, name="Zed", parents=("ana",), clinician="entire")
    with cast.as_("kim") as viewer:
        assert [each.payer.name for each in owing(viewer)] == ["Ben Ortiz"]
    with cast.as_("basic") as viewer, pytest.raises(Forbidden):
        owing(viewer)


def test_from_the_page_with_a_dry_run_and_a_result(cast):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        invoiced(cast, viewer, 2)
    sam = Visitor(cast, "biller")
    shown = sam.get("/billing/documents/statements/").content.decode()
    assert "1 payer" in shown
    assert "Ana Ortiz" in shown
    assert "$120.00" in shown
    assert (
        sam.post("/billing/documents/statements/", {"since": "2026-12-01", "through": "2026-11-01"}).status_code == 422
    )
    answer = sam.post("/billing/documents/statements/", {"since": "2026-11-01", "through": "2026-11-30", "sends": "on"})
    result = sam.get(answer["Location"]).content.decode()
    assert "1 statement, 1 sent" in result
    assert sam.get(f"{answer['Location']}progress/")["HX-Refresh"] == "true"
    with cast.as_("owner"):
        assert Sending.objects.count() == 1

"""`kinbook audit verify` from outside, and the process that seals: within seconds, and again after it was killed."""

import os
import signal
import time

from kinbook.audit.models import Entry
from kinbook.audit.record import record
from kinbook.audit.sealing import seal_all
from kinbook.audit.verify import newest_seal
from kinbook.config import doctor
from tests.audit.test_seals import behind, number, tell, verdict
from tests.cli.installation import beginning, kinbook
from tests.cli.test_doctor import states

WITHIN = 10


def test_a_sound_log_ends_with_0(lasting_cast):
    seal_all()
    with lasting_cast.as_("owner") as viewer:
        record(viewer, "told.late")
    done = kinbook("audit", "verify", "--json")
    assert (done.returncode, done.told["ok"]) == (0, True)
    (told,) = done.told["practices"]
    assert (told["seals"], told["unsealed"], told["broken"]) == (1, 1, [])
    said = kinbook("audit", "verify")
    assert said.returncode == 0
    assert "Harbor Lane Family Therapy: the log is as it was sealed." in said.stdout
    assert "1 not sealed yet" in said.stdout


def test_a_changed_entry_ends_with_1_and_says_which(lasting_cast):
    tell(lasting_cast, 1)
    tell(lasting_cast, 2)
    key = number(lasting_cast, 2)
    behind("UPDATE audit_entry SET viewer_name = 'Somebody else' WHERE id = %s", key)
    done = kinbook("audit", "verify")
    assert done.returncode == 1
    assert "the log is NOT as it was sealed" in done.stdout
    assert f"Seal 2: 1 entry is changed.\n    {key}\n" in done.stdout
    told = kinbook("audit", "verify", "--json").told
    assert told["ok"] is False
    assert told["practices"][0]["broken"] == [
        {"seal": 2, "says": "Seal 2: 1 entry is changed.", "entries": [str(key)]},
    ]


def test_a_digest_that_was_kept_is_looked_for(lasting_cast):
    seal_all()
    with lasting_cast.as_("owner"):
        kept = newest_seal().digest
    tell(lasting_cast, 1)
    assert kinbook("audit", "verify", "--head", kept.upper()).returncode == 0
    lost = kinbook("audit", "verify", "--head", "0" * 64)
    assert (lost.returncode, "No practice has a seal with the digest" in lost.stdout) == (1, True)
    wrong = kinbook("audit", "verify", "--head", "xyz")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "64 signs" in wrong.stderr


def sealed_in(cast, action):
    """Return the seconds until an entry is in a seal."""
    with cast.as_("owner") as viewer:
        record(viewer, action)
    started = time.monotonic()
    while verdict(cast).unsealed and time.monotonic() - started < 6 * WITHIN:
        time.sleep(0.2)
    return time.monotonic() - started


def test_the_worker_seals_within_ten_seconds_and_again_after_it_was_killed(lasting_cast):
    first = beginning("worker")
    try:
        sealed_in(lasting_cast, "told.first")  # until the process has started
        assert sealed_in(lasting_cast, "told.second") < WITHIN
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        with lasting_cast.as_("owner") as viewer:
            record(viewer, "told.without_a_worker")
        assert verdict(lasting_cast).unsealed
        second = beginning("worker")
        try:
            sealed_in(lasting_cast, "told.third")
            assert sealed_in(lasting_cast, "told.fourth") < WITHIN
        finally:
            second.terminate()
            assert second.wait(20) == 0
            second.communicate()
    finally:
        first.kill()
        first.communicate()
    found = verdict(lasting_cast)
    assert found.ok
    with lasting_cast.as_("owner"):
        assert found.sealed == Entry.objects.count()


def test_the_doctor_sees_what_waits_too_long_for_its_seal(lasting_cast):
    seal_all()
    with lasting_cast.as_("owner") as viewer:
        record(viewer, "told.late")
    assert states(doctor.findings())["audit log"] == "good"
    behind("UPDATE audit_unsealed SET queued_at = now() - interval '2 minutes'")
    assert states(doctor.findings())["audit log"] == "look"

"""Seals tie the log's entries into a chain: whatever is changed behind the program is found, by seal and by entry."""

# ruff: noqa: S608 - the statements are the tests' own

import hashlib
import json
from threading import Event, Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from kinbook.audit.models import Entry, Seal
from kinbook.audit.record import record
from kinbook.audit.sealing import seal_all, seal_practice
from kinbook.audit.verify import newest_seal, verify
from tests.cast import ELSEWHERE, Cast

ENTRY = "SELECT id FROM audit_entry WHERE action = 'told.once' AND details ->> 'number' = '%s'"


def tell(cast, *numbers, action="told.once"):
    """Add entries, and seal them."""
    with cast.as_("owner") as viewer:
        for number in numbers:
            record(viewer, action, number=number, name='Zoë "Q" \\ \n Ortiz')
    return seal_all()


def verdict(cast, **asked):
    with cast.as_("owner") as viewer:
        return verify(viewer, **asked)


def behind(statement, *values):
    """Do as the owner of the database what no program of ours does."""
    with transaction.atomic("owner"), connections["owner"].cursor() as owner:
        for table in ("audit_entry", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement, values)
        changed = owner.rowcount
        for table in ("audit_entry", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return changed


def number(cast, which):
    with cast.as_("owner"):
        return Entry.objects.get(action="told.once", details__number=which).pk


@pytest.fixture
def told(lasting_cast):
    """Four seals: of all there was, then of one entry each, numbered 2, 3 and 4."""
    seal_all()
    for each in (2, 3, 4):
        tell(lasting_cast, each)
    return lasting_cast


def test_what_was_sealed_verifies(told):
    found = verdict(told)
    assert (found.ok, found.seals, found.unsealed) == (True, 4, 0)
    with told.as_("owner"):
        assert found.sealed == Entry.objects.count()
        assert newest_seal() == found.head


def test_what_came_since_is_counted_and_takes_nothing_from_the_rest(told):
    with told.as_("owner") as viewer:
        record(viewer, "told.late")
        record(viewer, "told.late")
    assert (verdict(told).ok, verdict(told).unsealed) == (True, 2)
    assert seal_all() == 2
    assert verdict(told).unsealed == 0


def test_sealing_again_makes_no_seal(told):
    assert seal_all() == 0
    assert verdict(told).seals == 4


def test_each_practice_has_a_chain_of_its_own(told):
    there = Cast.enter(ELSEWHERE, "elsewhere.example")
    seal_all()
    with there.as_("owner"):
        assert [seal.number for seal in Seal.objects.all()] == [1]
    assert verdict(there).ok
    assert verdict(told).seals == 4


def test_more_than_a_thousand_entries_make_several_seals(told):
    with told.as_("owner") as viewer:
        for each in range(1050):
            record(viewer, "told.often", number=each)
    assert seal_all() == 1050
    assert (verdict(told).ok, verdict(told).seals) == (True, 6)


def test_a_seal_is_what_the_book_says_it_is(told):
    """Computed in another language from what the columns hold, as the documentation describes it."""
    with told.as_("owner"):
        seal = Seal.objects.get(number=3)
        (entry,) = Entry.objects.filter(pk__in=seal.entries)
        with connection.cursor() as cursor:
            cursor.execute("SELECT details::text FROM audit_entry WHERE id = %s", [entry.pk])
            details = hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()
    assert [bytes(each).hex() for each in seal.details] == [details]
    content = said(
        [
            *(entry.practice_id, entry.pk, micros(entry.at), entry.viewer_kind, entry.viewer_id, entry.viewer_name),
            *(entry.action, entry.subject_kind, entry.subject_id, entry.client_id, entry.address, entry.request_id),
            details,
        ]
    )
    assert [bytes(each).hex() for each in seal.contents] == [content]
    before = bytes(seal.previous).hex()
    ids = [str(each) for each in seal.entries]
    whole = said([seal.practice_id, 3, micros(seal.sealed_at), before, ids, [content], [details]])
    assert bytes(seal.digest).hex() == whole


def said(values):
    plain = [each if isinstance(each, (str, int, list, type(None))) else str(each) for each in values]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def micros(instant):
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond


@pytest.mark.parametrize(
    "changed",
    [
        "viewer_name = 'Somebody else'",
        "action = 'told.twice'",
        "at = at - interval '1 microsecond'",
        "client_id = gen_random_uuid()",
        "address = '10.0.0.1'",
        'details = details || \'{"number": 3, "more": 1}\'',
        "details = '{}'",
    ],
)
def test_an_entry_that_was_changed_is_found(told, changed):
    key = number(told, 3)
    assert behind(f"UPDATE audit_entry SET {changed} WHERE id = %s", key) == 1
    found = verdict(told)
    assert not found.ok
    assert (found.first.seal, found.first.entries) == (3, (key,))
    assert found.first.says == "Seal 3: 1 entry is changed."


def test_an_entry_that_was_deleted_is_found(told):
    key = number(told, 2)
    behind("DELETE FROM audit_entry WHERE id = %s", key)
    found = verdict(told)
    assert (found.first.seal, found.first.says, found.first.entries) == (2, "Seal 2: 1 entry is missing.", (key,))


def test_an_entry_put_in_behind_the_program_is_found(told):
    behind(
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*"
        " FROM audit_entry e WHERE id = %s",
        number(told, 3),
    )
    assert verdict(told).first.says == "In no seal, and not waiting for one: 1 entry is there."


def test_an_entry_that_vanished_before_it_was_sealed_is_found(told):
    with told.as_("owner") as viewer:
        record(viewer, "told.late")
    behind("DELETE FROM audit_entry WHERE action = 'told.late'")
    seal_all()
    found = verdict(told)
    assert (found.first.says, found.unsealed) == ("Before they were sealed: 1 entry is missing.", 0)


def test_the_first_that_is_broken_is_said_first(told):
    for each in (4, 2):
        behind("DELETE FROM audit_entry WHERE id = %s", number(told, each))
    assert [each.seal for each in verdict(told).broken] == [2, 4]


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_deleted_seal_is_found(told, gone):
    behind("DELETE FROM audit_seal WHERE number = %s", gone)
    found = verdict(told)
    assert (found.first.seal, found.first.says) == (gone, f"Seal {gone} is missing.")


def test_the_newest_seal_deleted_leaves_its_entries_in_no_seal(told):
    key = number(told, 4)
    behind("DELETE FROM audit_seal WHERE number = 4")
    found = verdict(told)
    assert (found.first.says, found.first.entries) == ("In no seal, and not waiting for one: 1 entry is there.", (key,))


def test_deleted_seals_whose_numbers_were_closed_up_are_found(told):
    behind("DELETE FROM audit_seal WHERE number = 3")
    behind("UPDATE audit_seal SET number = 3 WHERE number = 4")
    assert "Seal 3 does not continue the seal before it." in [each.says for each in verdict(told).broken]


def test_seals_in_another_order_are_found(told):
    behind("UPDATE audit_seal SET number = 99 WHERE number = 2")
    behind("UPDATE audit_seal SET number = 2 WHERE number = 3")
    behind("UPDATE audit_seal SET number = 3 WHERE number = 99")
    found = verdict(told)
    assert (found.ok, found.first.seal) == (False, 2)


@pytest.mark.parametrize(
    "changed", ["sealed_at = now()", "digest = sha256('x')", "entries = '{}', contents = '{}', details = '{}'"]
)
def test_a_seal_that_was_changed_is_found(told, changed):
    behind(f"UPDATE audit_seal SET {changed} WHERE number = 3")
    found = verdict(told)
    assert (found.first.seal, found.first.says) == (3, "Seal 3 itself was changed.")


def test_a_chain_made_anew_is_found_by_a_digest_that_was_kept_elsewhere(told):
    kept = verdict(told).head.digest
    assert verdict(told, head=kept).ok
    tell(told, 5)
    assert verdict(told, head=kept).ok, "an older seal's digest is still in the chain"
    behind("UPDATE audit_entry SET viewer_name = 'Somebody else' WHERE id = %s", number(told, 2))
    behind("INSERT INTO audit_unsealed SELECT practice_id, unnest(entries), now() FROM audit_seal")
    behind("DELETE FROM audit_seal")
    seal_all()
    assert verdict(told).ok
    assert (
        verdict(told, head=kept).first.says == "No seal has the digest that was kept: seals were removed or made anew."
    )


def test_details_may_be_erased_and_the_chain_still_verifies(told):
    behind("UPDATE audit_entry SET details = 'null' WHERE id = %s", number(told, 3))
    found = verdict(told)
    assert (found.ok, found.erased) == (True, 1)


def test_an_entry_of_a_transaction_that_is_not_over_waits_and_holds_up_nobody(told):
    written, over = Event(), Event()

    def slow():
        with told.as_("kim") as viewer:
            record(viewer, "told.slowly")
            written.set()
            over.wait(20)
        connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(20)
    assert tell(told, 5) == 1, "the one that is over"
    over.set()
    thread.join()
    assert verdict(told).unsealed == 1
    assert seal_all() == 1
    with told.as_("owner"):
        (entry,) = Entry.objects.filter(action="told.slowly")
        assert Seal.objects.get(number=6).entries == [entry.pk]
    assert verdict(told).ok


def test_two_that_seal_at_once_make_no_fork_and_wait_for_nobody(told):
    with told.as_("owner") as viewer:
        record(viewer, "told.late")
    sealed, seen = Event(), Event()
    counts = []

    def first():
        with told.as_("owner"), connection.cursor() as cursor:
            cursor.execute("SELECT kinbook_seal()")
            counts.append(cursor.fetchone()[0])
            sealed.set()
            seen.wait(20)
        connection.close()

    thread = Thread(target=first)
    thread.start()
    assert sealed.wait(20)
    assert seal_practice(told.practice_id) == 0
    with told.as_("kim") as viewer:
        record(viewer, "told.meanwhile")
    seen.set()
    thread.join()
    assert counts == [1]
    assert verdict(told).ok
    assert seal_all() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_seal SELECT * FROM audit_seal",
        "UPDATE audit_seal SET number = 7",
        "DELETE FROM audit_seal",
        "DELETE FROM audit_unsealed",
        "INSERT INTO audit_unsealed (practice_id, entry_id) SELECT practice_id, id FROM audit_entry",
        "SELECT * FROM kinbook_audit.entry_other",
        "CALL kinbook_make_audit_months('2020-01-01', '2030-01-01')",
    ],
)
def test_the_application_has_no_way_round_the_seals(told, statement):
    denied = pytest.raises(DatabaseError, match="permission denied")
    with told.as_("owner"), connection.cursor() as cursor, denied, transaction.atomic():
        cursor.execute(statement)


def test_the_owner_of_the_database_does_not_seal_for_nobody(told):
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_seal()")
        assert cursor.fetchone() == (0,)

"""The database keeps conversations: a circle that is fixed, an order that only grows, and each parent's apart."""

# ruff: noqa: S608 - the names in statements are our own

import pytest
from django.db import DatabaseError, transaction

from kinbook.tenancy.viewer import ViewerKind
from tests.database.catalogue import OPENED, ask
from tests.database.conftest import acting

SAY = (
    "INSERT INTO messaging_message (id, practice_id, conversation_id, client_id, number, author_party_id, author_name,"
    " body, sent_at, is_automatic, files_digest, digest)"
    " VALUES (gen_random_uuid(), %s, %s, gen_random_uuid(), 0, %s, 'Ana', 'hello', '2020-01-01', false, '', '')"
)


def talk_of(cast, name):
    """Return the conversation of one parent."""
    asked = "SELECT conversation_id FROM messaging_participant WHERE practice_id = %s AND party_id = %s"
    return ask(asked, [cast.practice_id, cast.people[name]])[0][0]


def parent(cast, name):
    return acting(cast, ViewerKind.PORTAL, cast.people[name])


def refused(cursor, sql, values):
    with pytest.raises(DatabaseError) as wrong, transaction.atomic():
        cursor.execute(sql, values)
    return str(wrong.value)


def test_a_parent_reads_their_own_conversation_and_nothing_of_the_other(two):
    with parent(two.here, "ana") as cursor:
        cursor.execute("SELECT string_agg(body, ' ' ORDER BY number) FROM messaging_message")
        assert cursor.fetchone() == ("Hello from Ana Look",)
        cursor.execute("SELECT name FROM messaging_participant ORDER BY name")
        assert cursor.fetchall() == [("Ana Ortiz",), ("Dr June Kim",)]
        for table in OPENED:
            cursor.execute(f"SELECT count(*) FROM {table} AS kept WHERE to_jsonb(kept)::text LIKE '%%Ben%%'")
            assert cursor.fetchone() == (0,), table
        for table, rows in (("messaging_attachment", 1), ("messaging_draft", 1), ("messaging_draftfile", 1)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (rows,), table
        cursor.execute("SELECT DISTINCT party_id FROM messaging_seen")
        assert cursor.fetchall() == [(two.here.people["ana"],)]


def test_a_parent_writes_in_their_own_conversation_and_as_nobody_else(two):
    here, ana = two.here, two.here.people["ana"]
    own, other = talk_of(here, "ana"), talk_of(here, "ben")
    with parent(here, "ana") as cursor:
        assert "does not take part" in refused(cursor, SAY, [here.practice_id, other, ana])
        cursor.execute(SAY, [here.practice_id, own, ana])
        cursor.execute("SELECT number, sent_at > '2026-01-01' FROM messaging_message WHERE body = 'hello'")
        assert cursor.fetchone() == (3, True)


def test_nobody_speaks_for_somebody_else(two):
    here = two.here
    with parent(here, "ana") as cursor:
        as_kim = SAY.replace("author_party_id", "author_member_id")
        assert "row-level security" in refused(
            cursor, as_kim, [here.practice_id, talk_of(here, "ana"), here.members["kim"]]
        )


def test_when_messages_are_closed_to_a_parent_nothing_is_left(two):
    here = two.here
    for closing in (
        "UPDATE access_portalgrant SET messages = false",
        "UPDATE people_client SET messages = false",
        "UPDATE tenancy_practice SET messages_on = false",
        "UPDATE people_contact SET until = '2020-01-01'",
    ):
        with acting(here) as cursor:
            cursor.execute(closing)
            cursor.execute("SELECT set_config('kinbook.portal_person', %s, true)", [str(here.people["ana"])])
            cursor.execute("SELECT count(*) FROM messaging_message")
            assert cursor.fetchone() == (0,), closing


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM messaging_conversation",
        "UPDATE messaging_conversation SET subject = 'another'",
        "DELETE FROM messaging_participant",
        "UPDATE messaging_participant SET party_id = party_id",
        "UPDATE messaging_participant SET name = 'another'",
    ],
)
def test_a_conversation_and_its_circle_stay(two, statement):
    with acting(two.here) as cursor:
        assert "permission denied" in refused(cursor, statement, [])


def test_nobody_joins_a_conversation_that_has_begun(two):
    here = two.here
    join = (
        "INSERT INTO messaging_participant (id, practice_id, conversation_id, party_id, name, relation, read_number,"
        " noticed_number) VALUES (gen_random_uuid(), %s, %s, %s, 'Ben', '', 0, 0)"
    )
    with acting(here) as cursor:
        assert "fixed" in refused(cursor, join, [here.practice_id, talk_of(here, "ana"), here.people["ben"]])


def test_a_file_is_not_added_to_a_message_that_was_sent(two):
    with acting(two.here) as cursor:
        add = (
            "INSERT INTO messaging_attachment SELECT (jsonb_populate_record(kept, jsonb_build_object("
            "'id', gen_random_uuid(), 'position', 9, 'secret', 'other'))).* FROM messaging_attachment kept LIMIT 1"
        )
        assert "when its message is sent" in refused(cursor, add, [])


def test_a_parent_moves_their_own_place_of_reading_alone(two):
    here = two.here
    with parent(here, "ana") as cursor:
        cursor.execute("UPDATE messaging_participant SET read_number = 2 WHERE party_id = %s", [here.people["ana"]])
        assert cursor.rowcount == 1
        assert "row-level security" in refused(cursor, "UPDATE messaging_participant SET read_number = 2", [])


def test_the_one_who_searches_finds_what_is_open_to_them(two):
    here = two.here
    find = "SELECT count(*) FROM kinbook_messages_found(ARRAY['hello', 'from'], NULL, 10)"
    with acting(here) as cursor:
        cursor.execute(find)
        assert cursor.fetchone() == (2,)
    with parent(here, "ana") as cursor:
        cursor.execute(find)
        assert cursor.fetchone() == (1,)
    with acting(two.there) as cursor:
        cursor.execute(
            "SELECT count(*) FROM messaging_message WHERE id IN (SELECT kinbook_messages_found(ARRAY['%%'], NULL, 10))"
        )
        assert cursor.fetchone() == (0,)

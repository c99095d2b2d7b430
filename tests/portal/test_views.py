"""The views of the database that the portal reads: nothing without a person, nothing of others, nothing to write."""

# ruff: noqa: S608 - the names in statements are our own

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from kinbook.cards.commands.autopay import set_autopay
from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.commands.keys import set_keys
from kinbook.cards.processor import Method
from kinbook.documents.commands.send import send_document
from kinbook.documents.commands.statements import create_statement
from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.commands.settle import Settles
from kinbook.portal.models import VIEWS
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import ELSEWHERE, Cast, nov
from tests.portal.conftest import ALL, allow, enter_family


def rows(practice_id, party_id, kind=ViewerKind.PORTAL):
    """Return how many rows each view shows to somebody."""
    with acting_as(Identity(practice_id, kind, party_id)), connection.cursor() as cursor:
        found = {}
        for view in VIEWS:
            cursor.execute(f"SELECT count(*) FROM {view}")
            found[view] = cursor.fetchone()[0]
        return found


def keep_a_card(cast, viewer, family):
    """Let Ana keep a card that pays for Mia by itself, and is being charged."""
    set_keys(viewer, publishable="pk_test_12345678", secret="sk_test_12345678")
    for client in (family.mia, family.leo):
        allow(viewer, client, cast.people["ana"], {**ALL, "payments": True})
    method = Method("pm_of_ana", "card", "visa", "4242", 12, 2030)
    card = add_card(viewer, payer_id=cast.people["ana"], method=method, terms=CardTerms())
    set_autopay(viewer, card=card, client_id=family.mia)
    ask_charge(viewer, card=card, parts=[Settles(family.invoice["ana"].pk, 1_00)])


def test_the_list_is_every_view_there_is(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'v' AND starts_with(relname, 'portal_')")
        assert {row[0] for row in cursor.fetchall()} == set(VIEWS)


def test_ana_sees_something_in_every_view_but_those_of_clients_themselves(cast, family):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        november = {"since": nov(1), "through": nov(30)}
        given = create_statement(viewer, payer_id=cast.people["ana"], client_id=family.mia, **november)
        send_document(viewer, document=given)
        add_credit_note(viewer, invoice=family.invoice["ana"], charge_id=None, cents=2_00, reason="Shorter")
        keep_a_card(cast, viewer, family)
    found = rows(cast.practice_id, cast.people["ana"])
    assert {view for view, count in found.items() if not count} == {"portal_minor", "portal_guardian"}
    assert rows(cast.practice_id, cast.people["mia"])["portal_minor"] == 1


def test_without_a_person_there_are_no_rows(cast, family):
    assert not any(rows(cast.practice_id, cast.members["owner"], ViewerKind.MEMBER).values())
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"SELECT count(*) FROM {view}")
            assert cursor.fetchone() == (0,), view


def test_a_person_of_another_practice_sees_nothing_of_this(cast, family):
    other = Cast.enter(ELSEWHERE, "elsewhere.example")
    enter_family(other)
    assert not any(rows(cast.practice_id, other.people["ana"]).values())
    assert not any(rows(other.practice_id, cast.people["ana"]).values())
    assert not any(rows(cast.practice_id, uuid4()).values())


def test_nobody_writes_through_a_view(db):
    with connection.cursor() as cursor:
        for view in VIEWS:
            for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                cursor.execute("SELECT has_table_privilege(%s, %s)", [view, right])
                assert cursor.fetchone() == (False,), (view, right)


def test_no_view_shows_who_the_other_payer_is(cast, family):
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, cast.people["ana"])), connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"SELECT to_jsonb(shown)::text FROM {view} shown")
            told = "".join(row[0] for row in cursor.fetchall())
            assert str(cast.people["ben"]) not in told, view
            assert "Ben" not in told, view


def test_the_log_takes_only_what_is_said_in_ones_own_name(cast, family):
    insert = (
        "INSERT INTO audit_entry (id, practice_id, at, viewer_kind, viewer_id, viewer_name, action, subject_kind,"
        " details, address, request_id) VALUES (gen_random_uuid(), %s, now(), %s, %s, '', 'x', '', '{}', '', '')"
    )
    ana, practice = cast.people["ana"], cast.practice_id
    with acting_as(Identity(practice, ViewerKind.PORTAL, ana)), connection.cursor() as cursor:
        cursor.execute(insert, [practice, "portal", ana])
        for kind, who in (("member", ana), ("portal", cast.people["ben"]), ("member", cast.members["owner"])):
            with pytest.raises(DatabaseError) as wrong, transaction.atomic():
                cursor.execute(insert, [practice, kind, who])
            assert isinstance(wrong.value.__cause__, InsufficientPrivilege)
        cursor.execute("SELECT count(*) FROM audit_entry")
        assert cursor.fetchone() == (0,)


def test_what_a_person_writes_is_their_own(cast, family):
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, cast.people["mia"])), connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_confirm(%s, now())", [family.coming["leo"]])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT kinbook_portal_confirm(%s, now())", [family.coming["secret"]])
        assert cursor.fetchone() == (True,)

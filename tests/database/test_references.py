"""References stay within one practice, indexes begin with it, and functions that see all cannot be led astray."""

from django.apps import apps
from django.db.models import ForeignKey

from tests.database.catalogue import INSTALLATION, ask, names, practice_tables

REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text,
       (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k(key, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = key),
       (SELECT array_agg(attname::text ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k(key, place)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = key)
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
UNIQUE = """
SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'u'
AND conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'practice_id'),
                   (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'id')]
"""
INDEXES = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, coalesce(attname, 'an expression')
FROM pg_index LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE NOT indisprimary AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
TRIGGERED = """
SELECT DISTINCT proname, prosecdef, proconfig FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%s) AND proname <> 'kinbook_refuse_change'
"""
MIGHTY = """
SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
"""


def test_references_between_practice_tables_name_the_practice(two):
    fenced = set(practice_tables()) - {"tenancy_practice"}
    loose = [
        (child, columns, parent)
        for child, parent, columns, theirs in ask(REFERENCES)
        if {child, parent} <= fenced and not (columns[0] == theirs[0] == "practice_id" and theirs[1:] == ["id"])
    ]
    assert loose == [], "tie it with kinbook_tie in a migration"


def test_every_reference_of_the_models_is_kept_by_the_database(two):
    tied = {(child, columns[-1], parent) for child, parent, columns, _ in ask(REFERENCES)}
    fenced = practice_tables()
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and model._meta.db_table in fenced
    }
    assert wanted - tied == set(), "tie it with kinbook_tie in a migration"


def test_every_practice_table_can_be_referred_to_within_its_practice(two):
    with_id = {
        row[0]
        for row in ask("SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'id' AND attnum > 0")
        if row[0] in practice_tables()
    }
    assert with_id - set(names(UNIQUE)) == {"tenancy_practice"}


def test_every_index_begins_with_the_practice(two):
    others = [
        (table, index)
        for table, index, first in ask(INDEXES)
        if table not in INSTALLATION and table != "tenancy_practice" and first != "practice_id"
    ]
    assert others == []


def test_functions_of_triggers_see_what_the_viewer_may_not(two):
    found = ask(TRIGGERED, [practice_tables()])
    assert found
    assert [name for name, is_owners, _ in found if not is_owners] == []


def test_functions_that_see_all_look_for_names_in_one_place(two):
    assert {name for name, setting in ask(MIGHTY) if setting != ["search_path=public, pg_temp"]} == set()

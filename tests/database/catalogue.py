"""What PostgreSQL's catalogue says of the tables: the tests of this folder are made from it, table by table."""

# ruff: noqa: S608 - the names in statements are the catalogue's own

from django.db import connections

APPLICATION = "kinbook_application"
INSTALLATION = {
    # who signs in, and what leads to a practice before it is known
    "team_user",
    "team_seat",
    "team_invitation",
    "access_token",
    "invitations_asking",
    "invitations_link",
    "invitations_session",
    "accounts_signin",
    "accounts_factor",
    "accounts_recoverycode",
    "accounts_tries",
    "accounts_emailchange",
    "invitations_passkey",
    "cards_paylink",
    "documents_paperlink",
    "account_emailaddress",
    "account_emailconfirmation",
    "django_session",
    "tenancy_cache",
    # the queue: its arguments are ids, dates and numbers only
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
    # Django's own
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}
"""The tables that hold no practice's data, named one by one; every other table is fenced."""

OPENED = {
    # conversations they take part in while messages are open to them, and their own place in them
    "messaging_conversation",
    "messaging_participant",
    "messaging_message",
    "messaging_attachment",
    "messaging_seen",
    "messaging_draft",
    "messaging_draftfile",
    # where their conversations go on while somebody is away
    "messaging_continuation",
    # the letterhead of papers that are set for them
    "papers_letterhead",
}
"""The practice tables that a portal person reads something of; all others are closed to them."""

ADDED_TO = {"audit_entry"}
"""The practice tables that a portal person adds rows to, in their own name, without reading any."""

TABLES = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
KEPT = """
SELECT tgrelid::regclass::text FROM pg_trigger
WHERE tgfoid = 'kinbook_refuse_change'::regproc AND tgparentid = 0 ORDER BY 1
"""
COLUMNS = """
SELECT quote_ident(attname), format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> ''
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
PARENTS = """
SELECT quote_ident(attname), confrelid::regclass::text FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[2]
WHERE contype = 'f' AND conrelid = %s::regclass AND cardinality(conkey) = 2
"""
DUMMIES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "jsonb": "'[]'",
    "boolean": "false",
    "date": "'2026-11-02'",
    "timestamp with time zone": "'2026-11-02 12:00+00'",
    "bytea": "''",
    "bytea[]": "'{}'",
    "uuid[]": "'{}'",
}


def ask(sql, values=()):
    """Return the rows of a statement, as the owner of the database."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def names(sql, values=()):
    return [row[0] for row in ask(sql, values)]


def practice_tables():
    return [table for table in names(TABLES) if table not in INSTALLATION]


def column_of(table):
    """Return the column that names the practice."""
    return "id" if table == "tenancy_practice" else "practice_id"


def fill(table, practice_id):
    """Put a row into a practice's table that a story has left empty, past its triggers."""
    if ask(f"SELECT EXISTS (SELECT FROM {table} WHERE {column_of(table)} = %s)", [practice_id])[0][0]:
        return
    special = SPECIAL.get(table, {})
    row = {name: DUMMIES.get(kind, "1") for name, kind, needed, given in ask(COLUMNS, [table]) if needed and not given}
    row |= {"practice_id": f"'{practice_id}'", **special}
    for name, parent in ask(PARENTS, [table]):
        if name in row:
            fill(parent, practice_id)
            row[name] = f"(SELECT id FROM {parent} WHERE practice_id = '{practice_id}' LIMIT 1)"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


SPECIAL = {
    "access_restriction": {"kind": "'administrative'"},
    "cards_card": {"last_four": "'4242'"},
    "exchange_source": {"party_id": "any"},
    # of no day: messages are still taken
    "messaging_continuation": {"starts_on": "'2026-11-02'", "until": "'2026-11-02'"},
    "ledger_closing": {"starts_on": "'2026-10-01'", "until": "'2026-11-01'"},
    "papers_letterhead": {"colour": "'#2f5d50'"},
    "whopays_discount": {"starts_on": "'2026-11-02'", "percent": "2500"},
    "scheduling_timeoff": {"ends_at": "'2026-11-02 13:00+00'"},
}
"""Where a constraint wants more than any value of the type."""

"""The practices that are measured: built by their owner, set by set, in the database that DATABASE_URL names."""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from bench.figures import say
from bench.sizes import Crowd, chosen
from kinbook.config import environment

if TYPE_CHECKING:
    from uuid import UUID

SQL = Path(__file__).parent / "sql"
PASSWORD = "kinbook-bench"  # noqa: S105 - of a database that is thrown away
ZONE = "America/New_York"
MAIN, BEFORE, FEW = "main", "before", "few"
PARTS = ("people", "calendar", "money", "messages")
STAGES = """
DO $$ DECLARE stage text; BEGIN
  FOR stage IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'stage\\_%' LOOP
    EXECUTE format('DROP TABLE %I', stage);
  END LOOP;
END $$
"""


def email_of(name: str) -> str:
    """Return the address that the owner of a practice signs in with."""
    return f"{name}@kinbook.example"


def build(name: str, crowd: Crowd, *, decided: bool = True, weeks_ahead: int = 4) -> None:
    """Build one practice with its owner; undecided, its appointments wait for the decision who pays."""
    started = time.perf_counter()
    practice_id = found(name)
    today = today_of(datetime.now(UTC))
    with psycopg.connect(environment.owner_url()) as owner:
        owner.execute("SET work_mem = '128MB'")
        owner.execute(STAGES)
        owner.execute("DROP TABLE IF EXISTS bench_practice")
        owner.execute(
            "CREATE TABLE bench_practice AS SELECT %s AS id, %s::int AS clients, %s::int AS appointments,"
            " %s::int AS clinicians, %s AS decided, %s::int AS weeks_ahead, %s AS today, %s::int AS beginnings",
            [
                *(practice_id, crowd.clients, crowd.appointments, crowd.clinicians, decided, weeks_ahead, today),
                max(1, min(20, crowd.clients // 50)),
            ],
        )
        for part in PARTS if decided else PARTS[:2]:
            owner.execute((SQL / f"{part}.sql").read_bytes())
            if part != "calendar":  # an invoice, its lines and the journal come in one transaction
                owner.commit()
                settle()
        owner.execute(STAGES)
    say(f"Built {name}: {crowd.clients:,} clients in {time.perf_counter() - started:.0f} s")


def today_of(now: datetime) -> date:
    """Return today's date in the practices' time zone."""
    return now.astimezone(ZoneInfo(ZONE)).date()


def found(name: str) -> UUID:
    """Found a practice with an owner who can sign in, as a first visit does."""
    from kinbook.practice.first_visit import install
    from kinbook.tenancy.fields import new_id

    owner = install(
        practice={"name": name, "time_zone": ZONE, "currency": "USD"},
        owner={"email": email_of(name), "first_name": "Helen", "last_name": "Marsh"},
        now=datetime.now(UTC) - timedelta(days=4000),
        practice_id=new_id(),
    )
    owner.user.set_password(PASSWORD)
    owner.user.save()
    return owner.practice_id


def settle() -> None:
    """Leave the tables as a database that has stood for a while has them: known to the planner, all visible.

    Empty ones are left alone, as they are in life: a plan made for a table known to be empty is kept for too long.
    """
    with psycopg.connect(environment.owner_url(), autocommit=True) as owner:
        filled = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in filled:
            name = sql.Identifier(table)
            if owner.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(name)).fetchone() is not None:
                owner.execute(sql.SQL("VACUUM ANALYZE {}").format(name))


def main() -> None:
    """Build what the argument names: every practice of the size, or the one whose month has ended."""
    environment.set_up_django()
    size = chosen()
    if sys.argv[1:] == ["month_end"]:
        build("month_end", size.month_end, decided=False, weeks_ahead=-1)
    elif sys.argv[1:] == ["imports"]:
        found("imports")
    else:
        build(FEW, Crowd(10, 250, 1), weeks_ahead=2)
        build(BEFORE, size.before)
        build(MAIN, size.main)
        for number in range(1, 5):
            build(f"other{number}", size.other)
    settle()


if __name__ == "__main__":
    main()

"""bulk_invoicing and dry_run: a month decided, previewed, and invoiced by the action of the page's button.

The floor of the run is one statement a table that writes the same rows into a copy of the database as it was before;
the floor of the preview is the charges with client and service, built into values.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from bench import rows
from bench.figures import say, show, slower
from bench.ground import copy_database
from bench.practices import email_of, settle
from kinbook.config import environment
from kinbook.postgres.roles import prepare
from kinbook.postgres.urls import application_url, with_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

FLOOR = "month_end_floor"
GOAL = 3.0
NEW = {
    "invoices_run": "",
    "invoices_runstep": "",
    "invoices_invoice": "",
    "whopays_share": "",
    "invoices_invoiceline": "",
    "ledger_entry": "",
    "ledger_line": "",
    "audit_entry": "WHERE action LIKE 'run.%'",
}
"""The tables that a run adds rows to, in an order their references allow, and which rows are its own."""

DECIDED = ("fixed_order", "needs", "explanation", "rule_key", "turn_id", "given")
"""What a run changes of charges that are there."""


@contextmanager
def acting() -> Iterator[Viewer]:
    """Act as the owner of the one practice there is."""
    from kinbook.team.models import User
    from kinbook.team.queries import acting_for, seat_of

    seat = seat_of(User.objects.get(email=email_of("month_end")))
    if seat is None:
        raise LookupError
    with acting_for(seat.practice_id, seat.member_id, now=datetime.now(UTC)) as viewer:
        yield viewer


def timed(deed: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def decide_all() -> None:
    """Decide who pays for everything of every client, as each change of the calendar does for its own."""
    from kinbook.people.models import Client
    from kinbook.whopays.commands.forecast import rewrite_forecast

    with acting() as viewer:
        rewrite_forecast(viewer, Client.objects.values_list("pk", flat=True))


def invoice_all() -> None:
    """Press the button: plan the run, and do its job."""
    from kinbook.invoices.commands.runs import start_run
    from kinbook.invoices.jobs import continue_run

    with acting() as viewer:
        run = start_run(viewer, through=viewer.today)
    continue_run(practice_id=str(run.practice_id), run_id=str(run.pk), member_id=str(run.member_id))


def preview() -> float:
    """Return how many seconds the dry run takes, at best of three."""
    from kinbook.invoices.queries.dry_run import dry_run

    with acting() as viewer:
        return min(timed(lambda: dry_run(viewer, through=viewer.today)) for _ in range(3))


@dataclass(frozen=True, slots=True)
class Plain:
    """A charge as simply as a page could show it."""

    client: str
    service: str
    on_date: date
    cents: int
    id: UUID


def preview_floor() -> tuple[float, int]:
    """Return how many seconds the charges take with client and service, built into values, and how many they are."""
    from kinbook.whopays.models import Charge

    def values() -> list[Plain]:
        charges = Charge.objects.filter(state="billable", on_date__lte=viewer.today, fixed_order=None)
        found = charges.select_related("client__party", "service").order_by("on_date", "pk")
        return [Plain(each.client.name, _service(each), each.on_date, each.cents, each.pk) for each in found]

    with acting() as viewer:
        return min(timed(values) for _ in range(3)), len(values())


def _service(charge: Any) -> str:
    return str(charge.service.name)


def write_floor(owner_url: str, floor_url: str) -> float:
    """Return how many seconds it takes the application's role to write what the run wrote, one statement a table."""
    with psycopg.connect(owner_url) as source, psycopg.connect(floor_url) as target:
        new = [rows.read(source, table, condition) for table, condition in NEW.items()]
        charges = rows.read(source, "whopays_charge")
        counter = source.execute("SELECT practice_id, last FROM invoices_counter").fetchone()
        for each in (*new, charges):
            rows.make_stage(target, each)
            rows.fill_stage(target, each)
    with psycopg.connect(application_url(floor_url)) as application:
        started = time.perf_counter()
        application.execute("SELECT set_config('kinbook.practice', %s, true)", [str(counter and counter[0])])
        application.execute("INSERT INTO invoices_counter SELECT %s, %s", counter)
        for each in new:
            rows.insert(application, each)
        rows.change(application, charges, DECIDED)
        application.commit()
        return time.perf_counter() - started


def main() -> None:
    """Measure the month's end."""
    owner_url = environment.owner_url()
    floor_url = with_database(owner_url, FLOOR)
    copy_database(owner_url, "month_end", FLOOR)
    prepare(floor_url, application_url(floor_url))
    environment.set_up_django()
    deciding = timed(decide_all)
    say(f"  decided in {deciding:.1f} s")
    settle()  # decisions are made in the course of the month
    least, charges = preview_floor()
    previewing = preview()
    running = timed(invoice_all)
    say(f"  invoiced in {running:.1f} s")
    writing = write_floor(owner_url, floor_url)
    say(f"  its floor written in {writing:.1f} s")
    with psycopg.connect(owner_url) as owner:
        made = owner.execute("SELECT count(*) FROM invoices_invoice").fetchone()
    count = made[0] if made else 0
    more = {"charges": charges, "invoices": count, "deciding_s": round(deciding, 2), "running_s": round(running, 2)}
    show(slower("bulk_invoicing", deciding + running, writing, GOAL, count=count, unit="invoices/s", **more))
    show(slower("dry_run", previewing, least, GOAL, count=charges, unit="charges/s", charges=charges))


if __name__ == "__main__":
    main()

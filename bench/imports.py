"""import_clients: clients with two contacts each out of a CSV file, beside COPY and one INSERT … SELECT a table."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta

import psycopg

from bench import rows
from bench.figures import say, show, slower
from bench.ground import copy_database
from bench.practices import email_of
from bench.sizes import chosen
from kinbook.config import environment
from kinbook.postgres.roles import prepare
from kinbook.postgres.urls import application_url, with_database

FLOOR = "imports_floor"
GOAL = 10.0
HEADER = (
    *("Client ID", "First Name", "Last Name", "DOB"),
    *("Mother Name", "Mother Email", "Mother Phone", "Father Name", "Father Email", "Responsible Party"),
)
FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ida", "Jon", "Kira", "Leo", "Mia", "Noa", "Otto")
WRITTEN = {
    "people_party": "",
    "people_email": "",
    "people_phone": "",
    "people_searchword": "",
    "people_client": "",
    "people_contact": "",
    "whopays_arrangement": "",
    "whopays_arrangementpayer": "",
    "exchange_import": "",
    "exchange_importrow": "",
    "exchange_source": "",
    "audit_entry": "WHERE action LIKE 'client.%' OR action LIKE 'import.%'",
}
"""The tables that an import adds rows to, in an order their references allow, and which rows are its own."""


def content(count: int) -> bytes:
    """Return a file of children with their parents."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(count):
        last, child = f"Family{number}", FIRST[number % len(FIRST)]
        born = date(2012, 1, 1) + timedelta(days=number % 3000)
        mother, father = (f"{FIRST[(number + more) % len(FIRST)]} {last}" for more in (3, 7))
        writer.writerow(
            [
                *(number, child, last, f"{born:%m/%d/%Y}"),
                *(mother, f"mother{number}@mail.example", f"603-55{number % 10}-{number % 10_000:04}"),
                *(father, f"father{number}@mail.example", mother),
            ]
        )
    return text.getvalue().encode()


def bring(file: bytes) -> dict[str, int]:
    """Import the file as the command does; returns how many rows did what."""
    from kinbook.exchange.commands.running import import_content
    from kinbook.exchange.reading.opening import Settings
    from kinbook.team.models import User
    from kinbook.team.queries import acting_for, seat_of

    seat = seat_of(User.objects.get(email=email_of("imports")))
    if seat is None:
        raise LookupError
    with acting_for(seat.practice_id, seat.member_id, now=datetime.now(UTC)) as viewer:
        report = import_content(viewer, name="bench.csv", content=file, settings=Settings(as_clients=True))
    return {name: getattr(report.counts, name) for name in ("created", "changed", "unchanged", "held", "refused")}


def write_floor(owner_url: str, floor_url: str) -> float:
    """Return how many seconds it takes to copy the rows in, and to insert them table by table."""
    with psycopg.connect(owner_url) as source:
        written = [rows.read(source, table, condition) for table, condition in WRITTEN.items()]
        practice = source.execute("SELECT id FROM tenancy_practice").fetchone()
    with psycopg.connect(floor_url) as target:
        for each in written:
            rows.make_stage(target, each)
        target.commit()
        started = time.perf_counter()
        for each in written:
            rows.fill_stage(target, each)
        target.commit()
    with psycopg.connect(application_url(floor_url)) as application:
        application.execute("SELECT set_config('kinbook.practice', %s, true)", [str(practice and practice[0])])
        for each in written:
            rows.insert(application, each)
        application.commit()
    return time.perf_counter() - started


def main() -> None:
    """Import, and write the same rows plainly."""
    owner_url = environment.owner_url()
    floor_url = with_database(owner_url, FLOOR)
    copy_database(owner_url, "imports", FLOOR)
    prepare(floor_url, application_url(floor_url))
    environment.set_up_django()
    file = content(chosen().imported)
    started = time.perf_counter()
    did = bring(file)
    importing = time.perf_counter() - started
    say(f"  imported in {importing:.1f} s: {did}")
    writing = write_floor(owner_url, floor_url)
    say(f"  its floor written in {writing:.1f} s")
    show(slower("import_clients", importing, writing, GOAL, count=chosen().imported, unit="clients/s", **did))


if __name__ == "__main__":
    main()

"""page_*, growth_*, memory and page_weight: pages as people ask for them, over HTTP and signed in.

Kinbook is served as an installation serves it. Beside it a second server draws the floors: the same templates with
constant rows. Growth holds the median of one visitor at the large practice against that at the one before it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil
import psycopg

from bench.figures import Figure, percentile, show
from bench.practices import BEFORE, FEW, MAIN, email_of, today_of
from bench.sizes import chosen
from bench.visiting import Visitor, free_port, serving, visit
from bench.weight import weigh
from kinbook.config import environment

if TYPE_CHECKING:
    from uuid import UUID

ROUNDS = 5
AT_ONCE = (1, 8)
GOAL, GROWTH, STATEMENTS = 2.0, 1.3, 12
MOST_MEMORY = 400.0
CLIENTS = """
SELECT client.id, party.first_name, party.last_name, client.practice_id FROM people_client AS client
JOIN people_party AS party ON party.id = client.party_id
JOIN team_seat AS seat ON seat.practice_id = client.practice_id JOIN team_user AS owner ON owner.id = seat.user_id
WHERE owner.email = %s AND client.status = 'active' AND client.type = 'minor' ORDER BY md5(client.id::text) LIMIT 20
"""
CLINICIAN = "SELECT member_id FROM access_assignment WHERE client_id = %s"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Kinbook: its addresses in one practice, each for another client or another word."""

    name: str
    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)


def pages_of(practice: str) -> list[Page]:
    """Return the pages that are measured, in one practice."""
    with psycopg.connect(environment.owner_url()) as owner:
        rows = owner.execute(CLIENTS, [email_of(practice)]).fetchall()
        found = owner.execute(CLINICIAN, [rows[0][0]]).fetchone()
    clinician: UUID | None = found and found[0]
    ids = [row[0] for row in rows]
    typed = [last[:length].lower() for _, _, last, _ in rows[:5] for length in range(1, 1 + len(last))]
    whole = [f"{last}+{first[:2]}".lower() for _, first, last, _ in rows[:5]]
    inside = {"HX-Request": "true", "HX-Target": "clients"}
    return [
        Page("clients", ["/clients/"]),
        Page("client_search", [f"/clients/?search={word}&status=active" for word in [*typed, *whole]], inside),
        Page("client", [f"/clients/{each}/" for each in ids]),
        Page("client_billing", [f"/clients/{each}/billing/" for each in ids]),
        Page("calendar", [f"/calendar/?view=week&clinician={clinician}&date={today_of(datetime.now(UTC))}"]),
        Page("messages", ["/messages/"]),
        Page("transcript", [f"/clients/{each}/messages/" for each in ids]),
        Page("billing", ["/billing/"]),
    ]


def measure(page: Page, few: Page, here: Visitor, there: Visitor, stranger: Visitor) -> None:
    """Show a page beside its floor, with the number of statements for few rows and for many."""
    floor = Page(page.name, [f"/floor/{page.name}{page.paths[0]}"], page.headers)
    there.ask(floor.paths[0], **page.headers)  # what it keeps from now on
    counts = [int(there.ask(path, **page.headers).headers["x-statements"]) for path in page.paths]
    counted = int(stranger.ask(few.paths[0], **page.headers).headers["x-statements"])
    for at_once in AT_ONCE:
        taken: list[float] = []
        least: list[float] = []
        for _ in range(ROUNDS):  # by turns, so that both meet the same noise
            times = chosen().visits * at_once // ROUNDS // (1 + at_once // 4)
            taken += visit(here, page.paths, times, at_once, page.headers)
            least += visit(there, floor.paths, times, at_once, page.headers)
        slow, bare = percentile(taken, 0.95), percentile(least, 0.95)
        met = slow / bare <= GOAL and max(counts) <= STATEMENTS
        more = {"median": round(percentile(taken, 0.5), 2), "statements": max(counts), "statements_few": counted}
        show(Figure(f"page_{page.name}_{at_once}", slow, "ms p95", bare, slow / bare, GOAL, met, more))


def measure_growth(page: Page, before: Page, here: Visitor, other: Visitor) -> None:
    """Show how much slower a page is in the large practice than in the one before it."""
    taken: list[float] = []
    least: list[float] = []
    # three letters find a page of clients in either practice: the same rows are drawn
    large, small = ([path for path in each.paths if _is_like(path)] for each in (page, before))
    for _ in range(ROUNDS):
        taken += visit(here, large, chosen().visits // ROUNDS, 1, page.headers)
        least += visit(other, small, chosen().visits // ROUNDS, 1, page.headers)
    median, bare = percentile(taken, 0.5), percentile(least, 0.5)
    more = {"clients": chosen().main.clients, "clients_before": chosen().before.clients}
    ratio = median / bare
    show(Figure(f"growth_{page.name}", median, "ms median", bare, ratio, GROWTH, ratio <= GROWTH, more))


def _is_like(path: str) -> bool:
    _, is_search, word = path.partition("search=")
    return not is_search or len(word.partition("&")[0]) <= 3


def memory(server: int) -> None:
    """Show the proportional set size of the server with its children, and of the database."""
    group = psutil.Process(server)
    processes = [group, *group.children(recursive=True), *database_processes()]
    megabytes = sum(each.memory_full_info().pss for each in processes) / 1e6
    more = {"processes": len(processes)}
    show(Figure("memory", megabytes, "MB PSS", goal=MOST_MEMORY, is_met=megabytes <= MOST_MEMORY, more=more))


def database_processes() -> list[psutil.Process]:
    """Return the processes of the cluster."""
    with psycopg.connect(environment.owner_url()) as owner:
        pid = owner.execute("SELECT pg_backend_pid()").fetchone()
    main = psutil.Process(pid[0]).parent() if pid else None
    return [main, *main.children()] if main else []


def main() -> None:
    """Serve, visit, and weigh."""
    port, floor_port = free_port(), free_port()
    kept = {"KINBOOK_HOME": os.environ["KINBOOK_HOME"]}
    with serving(["kinbook.cli", "serve", "--port", str(port)], port, **kept) as server:
        signed = {}
        for practice in (MAIN, BEFORE, FEW):
            signed[practice] = Visitor(port)
            signed[practice].sign_in(email_of(practice))
        pages, before, few = (pages_of(practice) for practice in (MAIN, BEFORE, FEW))
        words = ["kinbook.config.server", "127.0.0.1", str(floor_port)]
        with serving(words, floor_port, DJANGO_SETTINGS_MODULE="bench.floor_settings", **kept):
            there, stranger = signed[MAIN].beside(floor_port), signed[FEW].beside(floor_port)
            for page, other in zip(pages, few, strict=True):
                measure(page, other, signed[MAIN], there, stranger)
        for page, other in zip(pages, before, strict=True):
            measure_growth(page, other, signed[MAIN], signed[BEFORE])
        memory(server.pid)
        weigh(signed[MAIN], "/calendar/")


if __name__ == "__main__":
    main()

"""A closed record at every address: as if it were not there, but for who is let in and an owner in an emergency."""

from datetime import UTC, datetime

import pytest

from tests.access.closing import close, open_in_emergency
from tests.access.visits import (
    FORBIDDEN,
    IN,
    ROWS,
    UNKNOWN,
    Visits,
    expected,
    is_practice_wide,
    names_in,
    told,
    verdict,
)

OTHERS = ("owner", "biller", "fulllist")
"""Who would see all, all money, all names."""

OF_OTHERS = {
    "time_off_id",
    "token_id",
    "run_id",
    "statement_run_id",
    "mailing_id",
    "job_id",
    "shared_id",
    "restriction_id",
}


@pytest.fixture
def closed(scene, db):
    """Zebedee's record is closed to all but Dr Novak, who treats him; Cy is nobody else's contact."""
    close(scene.cast, scene.families["other"]["client_id"], "entire")
    return Visits(scene)


def is_about_a_client(row):
    names = set(names_in(row)) - OF_OTHERS
    return "?" not in row.address and bool(names) and not all(is_practice_wide(name) for name in names)


NOT_OF_FILES = [row for row in ROWS if not row.address.startswith("settings/import/")]
"""A file that was brought keeps what stood in it."""


@pytest.mark.parametrize("row", NOT_OF_FILES, ids=lambda row: f"{row.method} {row.address}")
def test_nobody_else_finds_it_at_any_address(closed, row):
    wrong = []
    for role in OTHERS:
        response = closed.ask(row, role, "other")
        found, text = verdict(response), told(response)
        if is_about_a_client(row) and found not in {UNKNOWN, FORBIDDEN} and expected(row, role, "other") == {IN}:
            wrong.append(f"{role}: {found} ({response.status_code})")
        wrong += [f"{role} reads {name}" for name in ("Zebedee", "Cy Reed") if name in text]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    # in an emergency an owner holds every tie, that of who treats too
    "row",
    [row for row in ROWS if is_about_a_client(row) and not row.needs.startswith("treats:")],
    ids=lambda row: f"{row.method} {row.address}",
)
def test_who_is_let_in_and_an_owner_in_an_emergency_find_it(closed, scene, row):
    open_in_emergency(scene.cast, "owner", scene.families["other"]["client_id"], datetime.now(UTC))
    wrong = [
        f"{role}: {verdict(response)}"
        for role in ("entire", "owner")
        for whose in ["own" if role == "entire" else "other"]
        for response in [closed.ask(row, role, whose)]
        if expected(row, role, whose) and verdict(response) not in expected(row, role, whose)
    ]
    assert not wrong

"""Every role at every address, with its own client, a colleague's, another practice's, and none at all."""

import inspect
from zlib import crc32

import pytest

from kinbook.api.urls import api
from tests.access.rights import RIGHTS, ROLES
from tests.access.visits import (
    BASE,
    NOBODY,
    ROWS,
    WHOSE,
    Visits,
    addresses,
    expected,
    leaks,
    names_in,
    told,
    verdict,
)


@pytest.fixture
def visits(scene, db):
    return Visits(scene)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.address}")
def test_every_role_gets_what_the_matrix_says(visits, row):
    wrong = []
    for role in (*ROLES, NOBODY):
        answers = {whose: visits.ask(row, role, whose) for whose in whoses(row, role)}
        for whose, response in answers.items():
            right, found = expected(row, role, whose), verdict(response)
            if not right:
                hidden = (response.status_code, told(response)) == (
                    answers["nobody"].status_code,
                    told(answers["nobody"]),
                )
                wrong += [] if hidden else [f"{role}, {whose}: it does not look like what is not there"]
            elif found not in right:
                wrong.append(f"{role}, {whose}: {found} ({response.status_code}), not {' or '.join(sorted(right))}")
            if role in ROLES:
                wrong += [f"{role}, {whose}: reads {leak}" for leak in leaks(row, role, response)]
    assert not wrong, "\n".join(wrong)


def whoses(row, role):
    """Return whose things to ask about: one's own and a colleague's always, for some also those that are not there.

    Which roles ask for these differs from address to address, and the owner, who may do everything, asks everywhere.
    """
    if not names_in(row) or role == NOBODY:
        return ["own"]
    chosen = ROLES[crc32(f"{row.method} {row.address}".encode()) % len(ROLES)]
    return WHOSE if role in {"owner", chosen} or "?" in row.address else WHOSE[:2]


def test_every_address_has_a_row():
    known = {row.address.partition("?")[0] for row in ROWS}
    missing = {address for address, _ in addresses()} - known
    assert not missing, f"give each a row in tests/access/addresses.py: {sorted(missing)}"


def test_every_row_is_an_address():
    there = {address for address, _ in addresses()}
    assert {row.address.partition("?")[0] for row in ROWS} <= there


def test_every_call_of_the_api_has_a_row():
    known = {(row.address.partition("?")[0], row.method) for row in ROWS}
    described = {
        (path.lstrip("/").replace("{", "<").replace("}", ">"), method.upper())
        for path, calls in api.get_openapi_schema()["paths"].items()
        for method in calls
    }
    assert all(path.startswith(BASE) for path, _ in described)
    assert not described - known, f"give each a row in tests/access/addresses.py: {sorted(described - known)}"


def test_every_address_that_is_written_to_has_a_row_for_it():
    written = {row.address.partition("?")[0] for row in ROWS if row.method == "POST"}
    missing = []
    for address, view in addresses():
        function = inspect.unwrap(view)
        of_ours = inspect.isfunction(function) and ".views" in function.__module__
        if of_ours and "POST" in inspect.getsource(function) and address not in written:
            missing.append(address)
    assert not missing, f"give each a row for POST in tests/access/addresses.py: {missing}"


def test_every_need_is_a_right():
    assert {row.needs.rstrip("!") for row in ROWS} <= {
        *RIGHTS,
        "open",
        "member",
        "nothing",
        "nowhere",
        "over",
        "family",
    }

"""Asking an address as a role, and reading of the answer only whether it was let in."""

import re
from collections import namedtuple
from copy import deepcopy
from datetime import UTC, datetime

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from kinbook.accounts.models import SignIn
from tests.access.addresses import API, BODIES, PAGES
from tests.access.rights import CONFIDANTS, KNOWN, RIGHTS, WHISPERED, reaches

IN, FORBIDDEN, UNKNOWN, SIGN_IN = "let in", "forbidden", "unknown", "sign in first"
NOBODY = "signed out"
DOORS = ("/account/sign-in/", "/portal/sign-in/")
WHOSE = ("own", "other", "elsewhere", "nobody")
BASE = "api/v1/"
Row = namedtuple("Row", "address method needs")  # noqa: PYI024 - three words of a table

NAME = re.compile(r"[<{](?:uuid:|str:|plain:|int:|month:)?(\w+)[>}]")
NOTHING = "0192f000-0000-7000-8000-000000000000"
FILLED = {
    "visit_id": NOTHING,
    "talk_id": NOTHING,
    "passkey_id": NOTHING,
    "guardian_id": NOTHING,
    "practice_id": NOTHING,
    "paper_id": NOTHING,
    "year": "2026",
    "file_id": NOTHING,
    "secret": "no-such-secret",
    "uidb36": "1",
    "key": "set-password",
    "name": "appointments",
    "month": "2026-10",
}


def rows(table, base=""):
    """Return the table's rows, one for each method."""
    for line in table.splitlines():
        if line.strip():
            address, methods, needs = line.split()
            for method in methods.split(","):
                yield Row(base + address.replace("(start)", ""), method, needs)


ROWS = [*rows(PAGES), *rows(API, BASE)]


def addresses(resolver=None, before=""):
    """Return every address of the URL configuration with its view."""
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address, each.callback
        else:
            yield from addresses(each, address)


def names_in(row):
    """Return the ids an address or its query names, without those of the body."""
    return [name for name in NAME.findall(row.address) if name not in FILLED]


def expected(row, role, whose):
    """Return what a role gets: the answers that are right, none where it is to be as if there were nothing."""
    whoever = {"open": {IN}, "nothing": {UNKNOWN}, "over": {SIGN_IN}, "family": {SIGN_IN}}
    members = {"member": {IN}, "nowhere": {UNKNOWN}}
    if row.needs in whoever:
        return whoever[row.needs]
    names = names_in(row)
    if role == NOBODY or (row.needs in members and not names):
        return {SIGN_IN} if role == NOBODY else members[row.needs]
    scope = scope_of(row, role)
    if not names:
        return {IN} if scope != "-" else {FORBIDDEN}
    known_as = "own" if is_practice_wide(names[-1]) and whose == "other" else whose
    if all(reaches(KNOWN[name][role], known_as) for name in names):
        return {IN} if is_within(row, scope, known_as) else {FORBIDDEN}
    if "?" in row.address and scope != "-":
        return set()
    # who may do this to nobody's may be told so at once: that tells nothing of the thing
    return {UNKNOWN, FORBIDDEN} if scope == "-" else {UNKNOWN}


def scope_of(row, role):
    """Return whose things a role reaches with what an address needs."""
    if row.needs == "member":
        return "all"
    scope = RIGHTS[row.needs.rstrip("!")][role]
    return scope if scope == "all" or not row.needs.endswith("!") else "-"


def is_practice_wide(name):
    """Tell whether a thing belongs to no client and no member."""
    return name in {
        "member_id",
        "role_id",
        "permission_id",
        "location_id",
        "service_id",
        "product_id",
        "organization_id",
        "import_id",
        "held_id",
        "template_id",
    }


def is_within(row, scope, whose):
    """Tell whether a right reaches a thing that is known; of tokens and time off, those known are within."""
    return row.needs in {"token:own", "calendar:see"} or reaches(scope, whose)


def told(response):
    """Return the words of an answer, without what differs from one to the next."""
    content = getattr(response, "sent", b"") if response.streaming else response.content
    text = content.decode(errors="replace")
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}", "", text)


AMOUNT = re.compile(r"[$€]\s?-?\d|_cents\": ?-?\d")
PENNILESS = {"supervisor", "basic"}
NAMED_TO_ALL = (
    "clients/?status=all",
    "search/",
    "calendar/",
    "api/v1/clients?",
    "api/v1/clients ",
    "clients/ ",
    "people/choose/",
)


def leaks(row, role, response):
    """Return what an answer tells that this role may not know: planted names, and amounts."""
    # what is compressed in a paper reads as anything
    text = told(response) if response.get("Content-Type") != "application/pdf" else ""
    if "Quillon" in text:
        yield "a client of another practice"
    if role not in CONFIDANTS and WHISPERED in text:
        yield "what was said in confidence"
    if RIGHTS["client:open"][role] != "all":
        if "Cy Reed" in text:
            yield "a contact of a colleague's client"
        lists = RIGHTS["client:list"][role] == "all" and (row.address + " ").startswith(NAMED_TO_ALL)
        if "Zebedee" in text and not lists:
            yield "a colleague's client"
    if role in PENNILESS and AMOUNT.search(text):
        yield f"an amount: {AMOUNT.search(text)[0]}"


class Visits:
    """All roles at an address, each in a transaction that never was."""

    def __init__(self, scene):
        self.scene = scene
        self.visitors = {**scene.visitors, NOBODY: Client()}
        # however long the table is, everybody has just signed in
        SignIn.objects.update(opened_at=datetime.now(UTC), last_used_at=datetime.now(UTC))

    def ask(self, row, role, whose, then=None):
        """Return the answer of an address to a role, about one's own thing or another's.

        `then` looks at what it has done, before that is undone.
        """
        names = {**self.scene.named(role if role != NOBODY else "owner", whose), **FILLED}
        url = "/" + NAME.sub(lambda found: str(names[found[1]]), row.address).replace("^.*$", "nowhere")
        plain = row.address.partition("?")[0]
        is_api = row.address.startswith(BASE)
        key = f"{row.method} {plain.removeprefix(BASE)}" if is_api else plain
        body = BODIES.get(key, "{{}}" if is_api else "").format(**names) if row.method != "GET" else ""
        headers = {"Authorization": f"Bearer {self.scene.secrets[role]}"} if is_api and role != NOBODY else {}
        kind = "application/json" if is_api else "application/x-www-form-urlencoded"
        client = self.visitors[NOBODY] if is_api else self.visitors[role]
        point, cookies = transaction.savepoint(), deepcopy(client.cookies)
        try:
            response = client.generic(row.method, url, body, content_type=kind, headers=headers)
            if response.streaming:
                sent = b"".join(response.streaming_content)
                response.sent = sent if response["Content-Type"].startswith("text/csv") else b""
            if then:
                then(response)
            return response
        finally:
            transaction.savepoint_rollback(point)
            client.cookies = cookies


def verdict(response):
    """Return whether somebody was let in."""
    status = response.status_code
    if status == 401 or response.get("Location", "").startswith(DOORS):
        return SIGN_IN
    return {403: FORBIDDEN, 404: UNKNOWN, 405: "not answered"}.get(status, IN)

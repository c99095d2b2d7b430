"""Every page asks the database at most twelve times, and as often for many rows as for few."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import advance_run, start_run
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.people.models import Contact
from kinbook.whopays.commands.arrange import end_arrangement
from tests.cast import TODAY, nov
from tests.money import pay
from tests.scheduling.visitor import Visitor

MOST = 12
DECIDING = {"who pays": 29, "re-address": 36}
"""Pages of one client that decide while they are shown: they load every fact of that client, each kind once."""
MORE = {"overview": 13, "payer": 16, "billing": 15}
"""What third parties have left, credit notes, reminders and failed cards are asked for beside the rest."""

FEW, MANY = 10, 60
PRESENCE = 'UPDATE "accounts_signin" SET "last_used_at"'
"""Once a minute it is noted that somebody is at work: no page's own cost."""
NO_ROWS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT set_config", PRESENCE)


@pytest.fixture
def pages(cast):
    """Mia, and around her as many of everything as asked for; addresses by the page's name."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        first = cast.book(viewer, mia.pk, nov(2)).pk
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[first])
        payment = pay(cast, viewer, "ana", 10_00)
    return {
        "clients list": "/clients/",
        "contacts list": "/clients/?status=contacts",
        "clients searched": "/clients/?search=ortiz",
        "search": "/search/?q=ortiz",
        "overview": f"/clients/{mia.pk}/",
        "client billing": f"/clients/{mia.pk}/billing/",
        "contacts": f"/clients/{mia.pk}/edit/contacts/",
        "who pays": f"/clients/{mia.pk}/edit/billing/",
        "invoice": f"/billing/invoices/{invoice.pk}/",
        "re-address": f"/billing/invoices/{invoice.pk}/re-address/",
        "create invoices": "/billing/invoices/create/",
        "invoices": "/billing/invoices/",
        "payments": "/billing/payments/",
        "payment": f"/billing/payments/{payment.pk}/",
        "payer": f"/billing/payers/{cast.people['ana']}/",
        "billing": "/billing/",
        "billing: needs a payer": "/billing/?show=needs_payer",
        "billing: uninvoiced": "/billing/?show=uninvoiced",
        "billing: overdue": "/billing/?show=overdue",
        "billing: credit": "/billing/?show=credit",
    }


def grow(cast, rows):
    """Enter families, sessions, invoices, payments and credit until there are so many of each."""
    with cast.as_("owner") as viewer:
        mia = cast.clients["mia"]
        for place in range(rows):
            cast.people.pop("cy", None)
            child = cast.child(viewer, f"C{rows}x{place}", parents=("cy",))
            cast.book(viewer, child.pk, nov(1 + place % 17))
            if place % 3 == 0:
                end_arrangement(viewer, client_id=child.pk, on=nov(1))
            past = viewer.at(datetime(2026, 9, 1, 12, tzinfo=UTC) + timedelta(days=place % 20))
            waiting = [each.charge_id for each in open_shares(client_ids=[child.pk])]
            if waiting and place % 3 == 1:
                issue_charges(past, client_id=child.pk, charge_ids=waiting)
                pay(cast, viewer, "cy", 200_00 if place % 2 else 20_00)
        for start in range(0, rows, 10):
            day = nov(3) - timedelta(days=start)
            booked = cast.book(viewer, mia, day, hour=9 + rows % 7, repeat=f"FREQ=DAILY;COUNT={10}", status="scheduled")
            assert booked.series_id
        cast.book(viewer, mia, nov(9), hour=20)
        issue_charges(viewer, client_id=mia, charge_ids=[each.charge_id for each in open_shares(client_ids=[mia])])


def statements(visitor, url):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = visitor.dialog(url) if url.startswith("/search/") else visitor.get(url)
    assert answer.status_code == 200, url
    return [each["sql"] for each in asked if not each["sql"].startswith(NO_ROWS)]


@pytest.mark.slow
def test_the_number_of_statements_is_small_and_does_not_grow(cast, pages):
    visitors = {name: Visitor(cast, name) for name in ("owner", "kim")}
    asked_by = [(name, page) for name in visitors for page in pages]
    grow(cast, FEW)
    few = {(name, page): statements(visitors[name], pages[page]) for name, page in asked_by}
    grow(cast, MANY)
    many = {(name, page): statements(visitors[name], pages[page]) for name, page in asked_by}
    grown = {each: (len(few[each]), len(many[each])) for each in asked_by if len(few[each]) != len(many[each])}
    assert not grown
    over = {each: len(asked) for each, asked in many.items() if len(asked) > (DECIDING | MORE).get(each[1], MOST)}
    assert not over


def test_a_run_is_shown_in_as_few(cast):
    with cast.as_("owner") as viewer:
        for place in range(12):
            cast.people.clear()
            cast.book(viewer, cast.child(viewer, f"Child{place}").pk, nov(2))
        counts = []
        visitor = Visitor(cast, "owner")
    for through in (nov(1), TODAY):
        with cast.as_("owner") as viewer:
            run = start_run(viewer, through=through)
            while advance_run(viewer, run_id=run.pk):
                pass
        counts.append(len(statements(visitor, f"/billing/runs/{run.pk}/")))
    assert counts[0] <= counts[1] <= counts[0] + 2  # the names on lines are asked for where there are lines
    assert counts[1] <= MOST
    with cast.as_("owner"):
        assert Invoice.objects.count() == 12
        assert Contact.objects.exists()

"""The journal's files for accountants: imported again, they are the journal to the cent."""

import csv
import io
from collections import defaultdict
from datetime import date

import pytest

from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.ledger.accountants import NAMES
from kinbook.ledger.models import Line
from kinbook.payments.commands import reverse_payment
from tests.api.caller import Caller, is_problem
from tests.money import pay, split
from tests.scheduling.visitor import Visitor


@pytest.fixture
def story(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 100_00)
        reverse_payment(viewer, payment=pay(cast, viewer, "ana", 7_77), reason="twice")
        write_off(viewer, invoice=invoices["ana"], charge_id=None, cents=1_00, reason="kind")
        void_invoice(viewer, invoice=invoices["ben"], reason="wrong")
    return cast


def rows_of(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def cents(text):
    return int(text.replace(".", "")) if text else 0


def booked(cast):
    sums = defaultdict(int)
    with cast.as_("owner"):
        for account, amount in Line.objects.values_list("account", "cents"):
            sums[NAMES[account]] += amount
    return {name: amount for name, amount in sums.items() if amount}


def test_quickbooks_books_what_the_journal_holds(story):
    answer = Visitor(story, "owner").get("/reports/export/file/?program=quickbooks&since=2026-11-01&through=2026-11-30")
    sums, days = defaultdict(int), defaultdict(int)
    for row in rows_of(answer):
        amount = cents(row["*Debits"]) - cents(row["*Credits"])
        assert bool(row["*Debits"]) != bool(row["*Credits"])
        sums[row["*AccountName"].partition(":")[0]] += amount
        days[row["*JournalNo"], row["*JournalDate"]] += amount
    assert set(days) == {("KB-20261103", "11/03/2026"), ("KB-20261118", "11/18/2026")}
    assert set(days.values()) == {0}
    assert {name: amount for name, amount in sums.items() if amount} == {
        key[0]: each for key, each in booked(story).items()
    }


def test_xero_books_what_the_journal_holds(story):
    owner = Caller(story, "owner")
    answer = owner("GET", "/journal.csv", query={"format": "xero"}, status=200)
    sums, days = defaultdict(int), defaultdict(int)
    for row in rows_of(answer):
        sums[row["*AccountCode"]] += cents(row["*Amount"])
        days[row["*Narration"], row["*Date"]] += cents(row["*Amount"])
        assert row["*TaxRate"] == "Tax Exempt"
        assert len(row["*AccountCode"]) <= 10
    assert set(days) == {("Kinbook 2026-11-03", "03/11/2026"), ("Kinbook 2026-11-18", "18/11/2026")}
    assert set(days.values()) == {0}
    assert {code: amount for code, amount in sums.items() if amount} == {
        key[1]: each for key, each in booked(story).items()
    }


def test_files_name_nobody_of_the_family(story):
    visitor = Visitor(story, "owner")
    for program in ("quickbooks", "xero", "beancount"):
        answer = visitor.get(f"/reports/export/file/?program={program}&since=2026-01-01&through=2026-12-31")
        text = b"".join(answer.streaming_content).decode()
        assert "2026" in text
        assert not [name for name in ("Ortiz", "Mia", "Ana ", "Ben ") if name in text]


@pytest.mark.parametrize(
    "asked", ["", "program=other&since=2026-01-01&through=x", "program=xero&since=2026-02-01&through=2026-01-01"]
)
def test_what_cannot_be_exported_is_said_beside_its_field(story, asked):
    assert Visitor(story, "owner").get(f"/reports/export/file/?{asked}").status_code == 422


def test_nothing_is_exported_by_who_sees_a_part_only(story):
    assert Visitor(story, "kim").get("/reports/export/").status_code == 403
    assert is_problem(Caller(story, "kim")("GET", "/journal.csv", query={"format": "xero"}, status=403).told, 403)


def test_programs_read_a_report_as_the_page_shows_it(story):
    owner = Caller(story, "owner")
    assert {each["name"] for each in owner.get("/reports")["items"]} >= {"income", "who-pays"}
    told = owner.get("/reports/income", **{"from": str(date(2026, 11, 1))})
    assert told["total"]["income_cents"] == 144_00
    assert [row["received_cents"] for row in told["rows"]] == [100_00]
    answer = owner("GET", "/reports/income.csv", status=200)
    assert [row["Income"] for row in rows_of(answer)] == ["144.00"]
    assert is_problem(owner.get("/reports/nothing", 404), 404)
    assert is_problem(owner.get("/reports/income", 422, to="1800-01-01"), 422)
    assert is_problem(Caller(story, "scheduler").get("/reports/income", 403), 403)

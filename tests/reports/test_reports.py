"""Reports add up to the journal, tell each role its own, and lead to the lines they are made of."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.ledger.models import Line
from kinbook.people.commands.closing import close_record
from kinbook.reports.queries.asked import read_asked, usual
from kinbook.reports.queries.catalogue import CATALOGUE, kept_for, tabs
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.whopays.models import Charge
from tests.cast import TODAY, nov
from tests.money import pay, split
from tests.scheduling.visitor import Visitor

MONEY = [name for name, kept in CATALOGUE.items() if kept.money and not kept.behind]


@pytest.fixture
def story(cast):
    """Mia's parents share 60/40 and pay in part; Leo's alternate, with a colleague; one invoice was to the wrong one."""
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 100_00)
        write_off(viewer, invoice=invoices["ben"], charge_id=None, cents=6_00, reason="hardship")
        leo = cast.child(viewer, "Leo", parents=("ana", "ben"), clinician="entire")
        cast.arrange(viewer, leo.pk, "by_appointment")
        days = [cast.book(viewer, leo.pk, nov(day)).pk for day in (3, 5, 6)]
        Appointment.objects.filter(pk__in=days).update(clinician_id=cast.members["entire"])
        Charge.objects.filter(pk__in=days).update(clinician_id=cast.members["entire"])
        made = issue_charges(viewer, client_id=leo.pk, charge_ids=days)
        (bens,) = [each for each in made if each.payer_id == cast.people["ben"]]
        void_invoice(viewer, invoice=bens, reason="=wrong")
        cast.book(viewer, cast.clients["mia"], nov(25), status="scheduled")
    return cast


def told(cast, name, who="owner", **asked):
    with cast.as_(who) as viewer:
        kept = kept_for(viewer, name)
        made = kept.make(viewer, read_asked({key: str(value) for key, value in asked.items()}, viewer.today))
        rows = [dict(zip((column.key for column in made.columns), row.cells, strict=True)) for row in made.rows]
        total = dict(zip((column.key for column in made.columns), made.total, strict=True)) if made.total else {}
        return rows, total, made


def booked(cast, *accounts):
    with cast.as_("owner"):
        return sum(Line.objects.filter(account__in=accounts).values_list("cents", flat=True))


@pytest.mark.parametrize("by", ["", "service", "clinician", "payer", "client"])
def test_income_is_the_journals_whatever_it_is_grouped_by(story, by):
    rows, total, made = told(story, "income", by=by)
    assert total["income"] == sum(row["income"] for row in rows) == -booked(story, "income", "discount")
    assert total["income"] > 0
    assert made.chart or made.has_bars


def test_income_stands_with_its_month_service_clinician_and_payer(story):
    (month,), _, _ = told(story, "income")
    assert (month["month"], month["received"], month["written_off"]) == ("Nov 2026", 100_00, 6_00)
    rows, _, _ = told(story, "income", by="clinician")
    assert {row["clinician"]: row["income"] for row in rows} == {"Dr June Kim": 240_00, "Eli Novak": 240_00}
    rows, _, _ = told(story, "income", by="clinician", clinician=story.members["kim"])
    assert [row["share"] for row in rows] == [100_00]
    rows, _, _ = told(story, "income", by="client", payer=story.people["ana"], **{"from": "2026-11-18"})
    assert sum(row["income"] for row in rows) == 384_00
    assert told(story, "income", by="service", **{"to": "2026-10-31", "from": "2026-10-01"})[0] == []


def test_outstanding_is_what_is_due_by_payer_and_age(story):
    rows, total, _ = told(story, "outstanding")
    assert total["total"] == sum(row["total"] for row in rows) == booked(story, "receivable")
    assert all(row["total"] == row["not_due"] for row in rows)
    story.now = story.now.replace(year=2027)
    rows, total, _ = told(story, "outstanding")
    assert total["over_90"] == total["total"] > 0
    assert all(row["oldest"] > 90 for row in rows)


def test_credit_payments_and_what_was_given_up(story):
    with story.as_("owner") as viewer:
        pay(story, viewer, "cy", 5_00)
    rows, total, _ = told(story, "credits")
    assert (rows[0]["payer"], rows[0]["credit"]) == ("Cy Reed", 5_00)
    assert total["credit"] == -booked(story, "credit")
    rows, total, _ = told(story, "payments")
    assert [(row["day"], row["check"], row["deposited"]) for row in rows] == [(nov(3), 105_00, 105_00)]
    rows, total, _ = told(story, "adjustments", by="payer")
    assert [(row["payer"], row["written_off"]) for row in rows] == [("Ben Ortiz", 6_00)]
    assert told(story, "adjustments")[1]["all"] == 6_00


def test_the_forecast_is_open_invoices_and_what_is_still_to_be_invoiced(story):
    _, total, _ = told(story, "forecast")
    assert total["invoiced"] == booked(story, "receivable")
    assert total["scheduled"] == 120_00
    assert total["uninvoiced"] == 120_00
    assert total["all"] == total["invoiced"] + total["uninvoiced"] + total["scheduled"]


def test_fairness_tells_turns_cents_and_the_exact_share(story):
    rows, _, made = told(story, "who-pays")
    mia = [row for row in rows if row["client"] == "Mia Ortiz"]
    assert [(row["payer"], row["given"], row["exact"], row["difference"]) for row in mia] == [
        ("Ana Ortiz", 144_00, 144_00, 0),
        ("Ben Ortiz", 96_00, 96_00, 0),
    ]
    assert mia[0]["verdict"] == "exact"
    leo = [row for row in rows if row["client"] == "Leo Ortiz"]
    assert [(row["turns"], row["charges"]) for row in leo] == [(2, 2), (1, 1)]
    assert leo[0]["verdict"] == "even"
    assert [side.count for side in made.picture.months[0].sides] == [2, 1]
    assert made.picture.as_blocks
    assert not told(story, "who-pays", client=story.clients["mia"])[2].picture.as_blocks


def test_a_turn_too_many_is_told(story):
    with story.as_("owner") as viewer:
        for day in (9, 10):
            story.book(viewer, story.clients["leo"], nov(day), fee_cents=0)
        Charge.objects.filter(client_id=story.clients["leo"]).update(turn_id=story.people["ana"])
    rows, _, _ = told(story, "who-pays")
    assert next(row["verdict"] for row in rows if row["client"] == "Leo Ortiz") == "Ana +2 turns"


def test_productivity_and_statuses_count_appointments(story):
    rows, _, _ = told(story, "productivity")
    assert {row["clinician"]: (row["held"], row["hours"], row["income"]) for row in rows} == {
        "Eli Novak": (3, 150, 240_00),
        "Dr June Kim": (2, 100, 240_00),
    }
    _, total, _ = told(story, "appointments", to="2026-11-30")
    assert (total["show"], total["scheduled"], total["all"], total["kept"]) == (5, 1, 6, 100_00)
    rows, _, _ = told(story, "appointments", by="location", to="2026-11-30")
    assert [(row["location"], row["all"]) for row in rows] == [("No location", 6)]


@pytest.mark.parametrize(("name", "account"), [("income", "income"), ("payments", "cash"), ("adjustments", "given_up")])
def test_figures_lead_to_the_lines_they_are_made_of(story, name, account):
    _, total, made = told(story, name)
    assert made.rows[0].place == ("reports:report", "lines")
    assert f"account={account}" in made.rows[0].query
    lines, _, _ = told(story, "lines", account=account)
    figure = {"income": "income", "payments": "received", "adjustments": "all"}[name]
    assert sum(row["amount"] for row in lines) == total[figure]


def test_a_clinician_is_told_of_their_own_sessions_and_clients_alone(story):
    rows, total, _ = told(story, "income", "kim")
    assert total["income"] == 240_00
    assert {row["client"] for row in told(story, "lines", "kim")[0]} == {"Mia Ortiz"}
    rows, _, _ = told(story, "income", "entire", by="client")
    assert [row["client"] for row in rows] == ["Leo Ortiz"]
    assert {row["client"] for row in told(story, "who-pays", "kim")[0]} == {"Mia Ortiz"}
    assert {row["clinician"] for row in told(story, "productivity", "kim")[0]} == {"Dr June Kim"}
    owed = told(story, "outstanding", "kim")[1]["total"] + told(story, "outstanding", "entire")[1]["total"]
    assert owed == told(story, "outstanding")[1]["total"]


SEEN = {
    "owner": {*CATALOGUE} - {"lines", "shares", "visits"},
    "manager": {*CATALOGUE} - {"lines", "shares", "visits"},
    "biller": {*CATALOGUE} - {"lines", "shares", "visits"},
    "entire": {*MONEY, "productivity", "appointments"} - {"credits"},
    "fulllist": {*MONEY, "productivity", "appointments"} - {"credits"},
    "kim": {*MONEY, "productivity", "appointments"} - {"credits"},
    "supervisor": {"productivity", "appointments"},
    "basic": {"productivity", "appointments"},
    "scheduler": {"productivity", "appointments"},
}


@pytest.mark.parametrize("who", SEEN)
def test_each_role_has_its_reports_and_no_other(story, who):
    with story.as_(who) as viewer:
        assert {name for name, _ in tabs(viewer)} == SEEN[who]
        for name in set(CATALOGUE) - SEEN[who] - {"lines", "shares", "visits"}:
            with pytest.raises(Forbidden):
                kept_for(viewer, name)
        if "income" not in SEEN[who]:
            made = [CATALOGUE[name].make(viewer, usual(TODAY)) for name in ("productivity", "appointments", "visits")]
            assert not [column for each in made for column in each.columns if column.kind == "money"]


def test_closed_records_are_left_out(story):
    with story.as_("entire") as viewer:
        close_record(viewer, client_id=story.clients["leo"], kind="administrative", reason="colleague")
    for name in MONEY:
        rows, _, _ = told(story, name, by="client")
        assert "Leo Ortiz" not in {row.get("client") for row in rows}
    assert told(story, "income")[1]["income"] == 240_00
    assert told(story, "appointments", to="2026-11-30")[1]["all"] == 3


def test_a_file_holds_every_row_and_no_formula(story):
    visitor = Visitor(story, "owner")
    answer = visitor.get("/reports/lines/csv/?account=income")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][0] == "Day"
    (voided,) = [row for row in rows if "'=wrong" in row]
    assert "-120.00" in voided


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "x"},
        {"to": "2026-13-01"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "1900-01-01"},
        {"from": "9999-12-30", "to": "9999-12-31"},
        {"from": "0001-01-01", "to": "0001-02-01"},
        {"payer": "x"},
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(story, asked):
    with pytest.raises(Invalid):
        read_asked(asked, TODAY)
    answer = Visitor(story, "owner").get("/reports/income/", asked)
    assert answer.status_code == 422


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_page_is_shown_in_few_statements(story, name):
    visitor = Visitor(story, "owner")
    visitor.get(f"/reports/{name}/")
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get(f"/reports/{name}/").status_code == 200
    said = [
        each["sql"]
        for each in asked
        if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config", "UPDATE"))
    ]
    assert len(said) <= 12, "\n".join(sql[:120] for sql in said)


@pytest.mark.parametrize("after", ["9" * 60, "x~y", "2026-11-18~", "-1", "\x00"])
def test_a_made_up_place_in_a_list_begins_it_anew(story, after):
    visitor = Visitor(story, "owner")
    for name in ("outstanding", "lines", "who-pays", "credits"):
        assert visitor.get(f"/reports/{name}/", {"after": after}).status_code == 200

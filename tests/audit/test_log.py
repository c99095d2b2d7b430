"""The audit log: who did or looked at what, written with the deed, read by who may, narrowed by every field."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.audit.models import Entry
from kinbook.audit.record import changes, record, record_for_clients
from kinbook.tenancy.fields import new_id
from tests.cast import ELSEWHERE, NOW, Cast, later
from tests.scheduling.visitor import Visitor

LOG = "/settings/audit-log/"


def actions(cast, **wanted):
    with cast.as_("owner"):
        return list(Entry.objects.filter(**wanted).order_by("at", "pk").values_list("action", flat=True))


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer).pk


def test_a_view_makes_one_entry_with_who_what_whose_when_and_where(cast, mia):
    kim = Visitor(cast, "kim")
    response = kim.get(f"/clients/{mia}/")
    with cast.as_("owner"):
        (entry,) = Entry.objects.filter(viewer_id=cast.members["kim"])
    assert (entry.action, entry.client_id, entry.viewer_name) == ("client.viewed", mia, "Dr June Kim")
    assert entry.address == "127.0.0.1"
    assert entry.request_id == response["X-Request-ID"]


def test_a_list_makes_one_entry_with_its_filter_and_count_and_no_word_searched_for(cast, mia):
    Visitor(cast, "kim").get("/clients/?search=Mia")
    with cast.as_("owner"):
        (entry,) = Entry.objects.filter(viewer_id=cast.members["kim"])
    assert entry.action == "clients.listed"
    assert entry.details["count"] == 1
    assert "search" in entry.details["by"]
    assert "Mia" not in str(entry.details)


def test_what_was_refused_left_no_trace_of_having_been_done(cast, mia):
    before = actions(cast)
    Visitor(cast, "scheduler").post(f"/clients/{mia}/edit/billing/end/")
    assert actions(cast) == before


def test_a_change_tells_before_and_after():
    before = {"name": "Ana", "until": None, "flag": True}
    after = {"name": "Anna", "until": NOW.date(), "flag": True}
    assert changes(before, after) == {"name": ["Ana", "Anna"], "until": [None, "2026-11-18"]}


def test_an_entry_of_many_clients_is_one_each(cast, mia):
    other = new_id()
    with cast.as_("owner") as viewer:
        record_for_clients(viewer, "clients.exported", [(mia, {"rows": 1}), (other, {"rows": 2})])
        rows = Entry.objects.filter(action="clients.exported").order_by("details__rows")
        assert [(each.client_id, each.details) for each in rows] == [(mia, {"rows": 1}), (other, {"rows": 2})]


def undone(cast):
    with cast.as_("owner") as viewer:
        record(viewer, "client.viewed")
        raise ZeroDivisionError


def test_an_entry_goes_with_its_deed(lasting_cast):
    with pytest.raises(ZeroDivisionError):
        undone(lasting_cast)
    assert "client.viewed" not in actions(lasting_cast)


def test_members_read_their_own_entries_owners_everybodys(cast, mia):
    Visitor(cast, "biller").get(f"/clients/{mia}/")
    kim = Visitor(cast, "kim")
    kim.get(f"/clients/{mia}/")
    assert "Sam Doyle" not in kim.get(LOG).content.decode()
    assert "Sam Doyle" in Visitor(cast, "owner").get(LOG).content.decode()
    sam = cast.members["biller"]
    assert "Sam Doyle" not in kim.get(f"{LOG}?member={sam}").content.decode()


def test_nobody_reads_another_practices(cast, mia):
    there = Cast.enter(ELSEWHERE, "elsewhere.example")
    Visitor(cast, "biller").get(f"/clients/{mia}/")
    page = Visitor(there, "owner").get(f"{LOG}?member={cast.members['biller']}").content.decode()
    assert "<td>Sam Doyle</td>" not in page
    assert "No entries" in page


@pytest.fixture
def told(cast, mia):
    """Three entries of the 19th, 20th and 21st, each with a mark of its own."""
    with cast.as_("owner", later(1)) as viewer:
        record(viewer, "told.early", client_id=mia, mark="first-thing")
    with cast.as_("kim", later(2)) as viewer:
        record(viewer, "told.by_kim", mark="in-between")
    with cast.as_("owner", later(3)) as viewer:
        record(viewer, "told.late", mark="last-thing")
    return Visitor(cast, "owner")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["first-thing", "in-between", "last-thing"]),
        ("member={kim}", ["in-between"]),
        ("client={mia}", ["first-thing"]),
        ("action=told.late", ["last-thing"]),
        ("from=2026-11-20&to=2026-11-20", ["in-between"]),
        ("from=2026-11-20", ["in-between", "last-thing"]),
        ("to=2026-11-20", ["first-thing", "in-between"]),
        ("from=2026-11-21&to=2026-11-19", []),
    ],
)
def test_the_log_is_narrowed_by_each_field(cast, mia, told, query, found):
    page = told.get(f"{LOG}?{query.format(kim=cast.members['kim'], mia=mia)}").content.decode()
    assert [mark for mark in ("first-thing", "in-between", "last-thing") if mark in page] == found


@pytest.mark.parametrize(
    "query",
    ["member=x", "client=%00", "from=yesterday", "to=2026-13-01", "after=x~y", "after=~", "action=" + "x" * 900],
)
def test_a_filter_that_makes_no_sense_is_no_error(told, query):
    assert told.get(f"{LOG}?{query}").status_code == 200


def test_page_follows_page_and_every_entry_is_shown_once(cast):
    with cast.as_("owner") as viewer:
        for number in range(230):
            record(viewer.at(NOW + timedelta(seconds=number // 3)), "told.counted", number=number)
    owner, url, seen = Visitor(cast, "owner"), f"{LOG}?action=told.counted", []
    while url:
        page = owner.get(url).content.decode()
        seen += re.findall(r"number: (\d+)", page)
        older = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        url = LOG + html.unescape(older[1]) if older else ""
    assert len(seen) == len(set(seen)) == 230


@pytest.mark.parametrize(
    "url", [LOG, "/settings/team/", "/settings/practice/", "/settings/services/", "/settings/tokens/"]
)
def test_settings_ask_the_same_few_times_for_many_rows_as_for_few(cast, url):
    owner = Visitor(cast, "owner")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(url).status_code == 200
        frame = ("SAVEPOINT", "RELEASE", "SELECT set_config")
        return len([each for each in queries if not each["sql"].startswith(frame)])

    few = asked()
    with cast.as_("owner") as viewer:
        for number in range(60):
            record(viewer, "told.counted", number=number)
    assert asked() == few
    assert few <= 12

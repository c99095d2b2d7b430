"""The audit log's page: who looked at a client, in any order, as a file, and whether it is whole."""

import csv
import io
import re

import pytest

from kinbook.audit.models import Entry
from kinbook.audit.record import record
from tests.cast import later
from tests.scheduling.visitor import Visitor

LOG = "/settings/audit-log/"


@pytest.fixture
def family(cast):
    """Mia was looked at by Sam, Leo by Dr Kim."""
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer).pk, cast.child(viewer, "Leo").pk
    with cast.as_("biller", later(1)) as viewer:
        record(viewer, "told.seen", client_id=mia, mark="of-mia")
    with cast.as_("kim", later(2)) as viewer:
        record(viewer, "told.changed", client_id=leo, mark="of-leo", note="=1+1")
    return {"mia": mia, "leo": leo}


def marks(page):
    return re.findall(r"of-(?:mia|leo)", page.content.decode())


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_clients_overview_leads_to_who_looked(cast, family):
    owner = Visitor(cast, "owner")
    overview = owner.get(f"/clients/{family['mia']}/").content.decode()
    (link,) = re.findall(r'href="([^"]*client=[^"]*)">.*?Who looked at this record', overview, re.DOTALL)
    page = owner.get(link)
    assert marks(page) == ["of-mia"]
    assert "Everything done with or seen of" in page.content.decode()
    assert "Who looked" not in Visitor(cast, "kim").get(f"/clients/{family['mia']}/").content.decode()


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("-when", "of-leo"),
        ("when", "of-mia"),
        ("who", "of-leo"),
        ("-who", "of-mia"),
        ("what", "of-leo"),
        ("-what", "of-mia"),
        ("client", "of-leo"),
        ("-client", "of-mia"),
        ("x", "of-leo"),
    ],
)
def test_the_log_is_sorted_by_each_field(cast, family, sort, first):
    page = Visitor(cast, "owner").get(f"{LOG}?sort={sort}&from=2026-11-19")
    assert marks(page)[0] == first
    assert sorted(marks(page)) == ["of-leo", "of-mia"]


@pytest.mark.parametrize("sort", ["-when", "when", "who", "-client", "from", "-what"])
def test_in_every_order_page_follows_page_and_nothing_is_left_out(cast, family, sort):
    with cast.as_("owner", later(3)) as viewer:
        for number in range(210):
            record(viewer, "told.counted", client_id=family["mia"] if number % 2 else None, number=number)
    owner, url, seen = Visitor(cast, "owner"), f"{LOG}?action=told.counted&sort={sort}", []
    while url:
        page = owner.get(url).content.decode()
        seen += re.findall(r"number: (\d+)", page)
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        url = LOG + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 210


def test_a_clients_name_narrows_it(cast, family):
    owner = Visitor(cast, "owner")
    assert marks(owner.get(f"{LOG}?name=leo")) == ["of-leo"]
    assert marks(owner.get(f"{LOG}?name=nobody")) == []


def test_the_file_holds_what_the_page_shows_and_no_formula(cast, family):
    owner = Visitor(cast, "owner")
    response = owner.get(f"{LOG}csv/?action=told.changed")
    assert response["Content-Type"].startswith("text/csv")
    (row,) = rows(response)
    assert (row["Who"], row["What"], row["Client"]) == ("Dr June Kim", "told.changed", "Leo Ortiz")
    assert row["When"] == "2026-11-20T10:00:00-05:00"
    assert "of-leo" in row["Details"]
    with cast.as_("owner", later(4)) as viewer:
        record(viewer, "=cmd", client_id=family["mia"])
    assert {each["What"] for each in rows(owner.get(f"{LOG}csv/?client={family['mia']}"))} >= {"'=cmd", "told.seen"}
    with cast.as_("owner"):
        assert Entry.objects.filter(action="audit.exported").count() == 2


def test_only_who_reads_everybodys_entries_takes_the_file_or_verifies(cast, family):
    for name in ("kim", "biller", "scheduler", "supervisor"):
        assert Visitor(cast, name).get(f"{LOG}csv/").status_code == 403
        assert Visitor(cast, name).post(f"{LOG}verify/").status_code == 403


def test_a_sound_log_is_said_to_be_whole_and_a_made_up_digest_is_told(cast, family):
    owner = Visitor(cast, "owner")
    assert "The log is whole." in owner.post(f"{LOG}verify/").content.decode()
    refused = owner.post(f"{LOG}verify/", {"head": "not a digest"})
    assert refused.status_code == 422
    assert "64" in refused.content.decode()
    other = owner.post(f"{LOG}verify/", {"head": "a" * 64}).content.decode()
    assert "No seal has the digest that was kept" in other

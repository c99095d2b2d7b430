"""Every page of the portal asks the database as often for many rows as for few, and weighs little."""

import gzip
import re
from pathlib import Path

import django.contrib.staticfiles.finders as found_by
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.portal.conftest import book_ahead

PAGES = ("", "appointments/", "billing/", "profile/", "messages/", "messages/new/")
MOST = 10
NO_ROWS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT set_config")
HEAVIEST = 80 * 1024


def asked(ana, page):
    with CaptureQueriesContext(connection) as statements:
        assert ana.get(f"/portal/{page}").status_code == 200
    return [each["sql"] for each in statements if not each["sql"].startswith(NO_ROWS)]


@pytest.mark.parametrize("page", PAGES)
def test_many_rows_ask_no_more_than_few(cast, guest, family, page):
    from kinbook.invoices.commands.issue import issue_charges
    from tests.cast import nov

    ana = guest("ana")
    few = asked(ana, page)
    assert len(few) <= MOST, few
    with cast.as_("owner") as viewer:
        for day in range(3, 13):
            charge = cast.book(viewer, family.mia, nov(day), hour=9).pk
            issue_charges(viewer, client_id=family.mia, charge_ids=[charge])
            book_ahead(cast, viewer, family.mia, day)
    assert len(asked(ana, page)) == len(few)


def test_the_first_visit_of_home_weighs_at_most_80_kb(guest):
    html = guest("ana").get("/portal/").content
    files = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html.decode()))
    assert {"portal/portal.css", "kinbook/tokens.css", "kinbook/icons.svg"} <= files
    bodies = [html, *(Path(found_by.find(name)).read_bytes() for name in files)]
    assert sum(len(gzip.compress(body)) for body in bodies) <= HEAVIEST


def test_what_every_page_asks_first_is_planned_over_a_handful_of_tables(cast, family):
    who = Identity(cast.practice_id, ViewerKind.PORTAL, cast.people["ana"])
    with acting_as(who), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT json) SELECT * FROM portal_person")
        (plan,) = cursor.fetchone()
    assert 1 < str(plan).count("'Relation Name'") <= 8

"""What a visit leaves behind, and what it costs: an entry in the audit log for every view and every deed, few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.audit.models import Entry
from tests.access.visits import IN, ROWS, Visits, expected, names_in

OF_A_CLIENT = {"client_id", "contact_id", "appointment_id", "charge_id", "invoice_id", "payment_id", "credit_note_id"}
OF_A_CLIENT = {"client_id", "contact_id", "appointment_id", "charge_id", "invoice_id", "payment_id", "document_id"}
DIALOGS = {
    # an owner reads diagnoses of clients they treat, and treats none of these
    "clients/<uuid:client_id>/edit/diagnoses/",
    "clients/<uuid:client_id>/edit/portal/<uuid:party_id>/suspend/",
    # asked over a page that was recorded when it was opened, and showing nothing but what stands there
    "calendar/<uuid:appointment_id>/",
    "calendar/<uuid:appointment_id>/edit/",
    "calendar/<uuid:appointment_id>/remove/",
    "calendar/<uuid:appointment_id>/fee/",
    "billing/invoices/<uuid:invoice_id>/send/",
    "billing/invoices/<uuid:invoice_id>/void/",
    "billing/invoices/<uuid:invoice_id>/charge/",
    "billing/invoices/<uuid:invoice_id>/charges/",
    "billing/payments/<uuid:payment_id>/card/",
    "billing/payments/<uuid:card_payment_id>/refund-to-card/",
    "billing/invoices/<uuid:invoice_id>/write-off/",
    "billing/invoices/<uuid:invoice_id>/credit/",
    "clients/<uuid:client_id>/edit/billing/sliding-fee/",
    "charges/<uuid:charge_id>/discount/",
    "billing/payments/<uuid:payment_id>/refund/",
    "billing/payments/<uuid:payment_id>/reverse/",
    "billing/documents/<uuid:document_id>/send/",
    "charges/<uuid:charge_id>/payer/",
    "clients/<uuid:client_id>/access/close/",
    "clients/<uuid:client_id>/access/share/",
    "clients/<uuid:client_id>/access/emergency/",
    "clients/<uuid:client_id>/edit/contacts/new/",
    "clients/<uuid:client_id>/billing/charge/",
    "clients/<uuid:client_id>/edit/billing/third-parties/new/",
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/reminders/",
}
ONLY_SHOWS = {
    # posted because a form is long; they answer what would be
    "account/sign-in/",
    "account/password/",
    "account/password/change/",
    "account/sign-up/",
    "account/stay/",
    "account/passkey/options/",
    "settings/account/second-step/passkey/options/",
    "settings/account/e-mail/stop/",
    "calendar/conflicts/",
    "clients/new/who-pays/",
    "clients/<uuid:client_id>/edit/billing/preview/",
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/changes/",
    "billing/invoices/<uuid:invoice_id>/re-address/preview/",
}
NOTHING_BEGUN = {
    ("POST", "messages/new/draft/<uuid:client_id>/discard/"),
    ("DELETE", "api/v1/clients/<client_id>/draft"),
    ("POST", "billing/payers/<uuid:party_id>/autopay/<uuid:client_id>/"),
    ("DELETE", "api/v1/payers/<payer_id>/autopay?client_id={client_id}"),
}
"""Nothing was begun to be written, so nothing is thrown away; no AutoPay is on, so none is turned off."""
MOST = 12
MORE = {
    # they work out in advance what a change would do to money; the number is the same for any client
    "clients/<uuid:client_id>/edit/billing/": 28,
    # a payer's money, invoices and payments, how they want invoices, and how they are reminded
    "billing/payers/<uuid:party_id>/": 16,
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/": 19,
    "billing/invoices/<uuid:invoice_id>/re-address/": 34,
    "api/v1/invoices?payer_id={payer_id}": 13,
    # what third parties have left, and cards that failed
    "billing/": 14,
    "api/v1/work-list": 13,
    "clients/<uuid:client_id>/": 13,
    "billing/documents/superbill/?client={client_id}": 15,
    # a conversation beside the list of all; papers and exports; who of a family is how far with the portal
    "messages/<uuid:conversation_id>/": 14,
    "clients/<uuid:client_id>/messages/pdf/": 13,
    "api/v1/clients/<client_id>/transcript.pdf": 13,
    "clients/<uuid:client_id>/edit/portal/": 21,
    "clients/<uuid:client_id>/edit/portal/<uuid:party_id>/suspend/": 13,
    "api/v1/clients/<client_id>/portal": 14,
}
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config", 'UPDATE "accounts_signin" SET ')
"""What frames a page; a visit begins with a fresh sign-in, and that somebody is at work is noted once a minute."""


def ids(row):
    return f"{row.method} {row.address}"


OURS = [row for row in ROWS if row.needs not in {"nothing", "over", "family"} and not row.address.startswith("portal/")]
VIEWS = [row for row in OURS if row.method == "GET" and OF_A_CLIENT & set(names_in(row)) and "?" not in row.address]
DEEDS = [row for row in OURS if row.method != "GET"]
PAGES = [row for row in ROWS if row.method == "GET" and IN in expected(row, "owner", "own")]


@pytest.fixture
def visit(scene, db):
    """Visit as the owner, about the first family; returns the answer and what was entered in the log."""

    def one(row):
        entries = []

        def look(response):
            with scene.cast.as_("owner"):
                entries.extend(Entry.objects.filter(request_id=response["X-Request-ID"]))

        return Visits(scene).ask(row, "owner", "own", then=look), entries

    return one


@pytest.mark.parametrize("row", VIEWS, ids=ids)
def test_whoever_looks_at_a_client_is_in_the_log(scene, visit, row):
    if row.address in DIALOGS:
        return
    response, entries = visit(row)
    assert response.status_code == 200
    clients = {each.client_id for each in entries}
    assert clients == {scene.families["own"]["client_id"]}, "record the view with its client"
    assert len(entries) == 1, "one entry a view"
    assert entries[0].viewer_name == "Helen Marsh"


@pytest.mark.parametrize("row", DEEDS, ids=ids)
def test_whatever_was_done_is_in_the_log(visit, row):
    if row.address in ONLY_SHOWS or (row.method, row.address) in NOTHING_BEGUN:
        return
    response, entries = visit(row)
    assert response.status_code < 500
    assert response.status_code >= 400 or entries, f"{response.status_code} and nothing in the log"


@pytest.mark.parametrize("row", PAGES, ids=ids)
def test_no_page_asks_the_database_more_than_it_may(scene, db, row):
    visits = Visits(scene)
    visits.ask(row, "owner", "own")
    with CaptureQueriesContext(connection) as asked:
        visits.ask(row, "owner", "own")
    said = [each["sql"] for each in asked if not each["sql"].startswith(FRAME)]
    assert len(said) <= MORE.get(row.address, MOST), "\n".join(sql[:150] for sql in said)

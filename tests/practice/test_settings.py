"""Settings of the practice: what can stand is kept and recorded, what cannot is told beside its field."""

import pytest
from django.utils.datastructures import MultiValueDict

from kinbook.audit.models import Entry
from kinbook.practice.commands import change_practice
from kinbook.practice.models import Location, Service
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.scheduling.visitor import Visitor

PRACTICE = {
    "name": "Harbor Lane",
    "time_zone": "America/Chicago",
    "week_starts_on": "6",
    "language": "es",
    "reminder_hours": "24",
    "street": "14 Harbor Lane",
    "email": "office@harbor.example",
}
BILLING = {"automatic_invoices": "daily", "terms_days": "30", "invoice_prefix": "HL-", "invoice_footer": "Thank you."}
BILLING |= {"invoice_day": "1", "coverage_sessions": "2", "coverage_percent": "10", "coverage_days": "30"}
SERVICE = {"name": "Group", "code": "90853", "fee_cents": "45.50", "minutes": "80", "is_active": "on"}
PLACE = {"name": "Room 9", "street": "", "city": "", "is_active": "on"}
HOSTILE = "<script>alert(1)</script>\u202e\x07 ' OR 1=1 --"


@pytest.fixture
def owner(cast):
    return Visitor(cast, "owner")


def practice(cast):
    with cast.as_("owner"):
        return Practice.objects.get()


def test_the_practice_is_changed_and_the_change_recorded(cast, owner):
    assert owner.post("/settings/practice/", PRACTICE).status_code == 302
    now = practice(cast)
    assert (now.time_zone, now.week_starts_on, now.language, now.reminder_hours) == ("America/Chicago", 6, "es", 24)
    with cast.as_("owner"):
        details = Entry.objects.get(action="practice.changed").details
    assert details["time_zone"] == ["America/New_York", "America/Chicago"]
    assert details["reminder_hours"] == [48, 24]
    assert "currency" not in details


def test_the_page_shows_what_is_set(cast, owner):
    owner.post("/settings/practice/", PRACTICE)
    shown = owner.get("/settings/practice/").content.decode()
    assert 'value="24"' in shown
    assert "office@harbor.example" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("week_starts_on", "7"),
        ("week_starts_on", "x"),
        ("language", "xx"),
        ("reminder_hours", "-1"),
        ("reminder_hours", "337"),
        ("reminder_hours", "9" * 40),
        ("reminder_hours", "soon"),
        ("email", "nobody"),
    ],
)
def test_what_cannot_stand_is_told_and_changes_nothing(cast, owner, field, value):
    response = owner.post("/settings/practice/", {**PRACTICE, field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert practice(cast).time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("terms_days", "-1"),
        ("terms_days", "366"),
        ("terms_days", "1e3"),
        ("automatic_invoices", "hourly"),
        ("invoice_day", "0"),
        ("invoice_day", "29"),
        ("coverage_sessions", "-1"),
        ("coverage_percent", "101"),
        ("coverage_days", "367"),
        ("invoice_prefix", "x" * 21),
        ("invoice_footer", "x" * 1001),
    ],
)
def test_billing_that_cannot_stand_is_told(cast, field, value):
    response = Visitor(cast, "biller").post("/settings/client-billing/", {**BILLING, field: value})
    assert response.status_code == 422
    assert practice(cast).terms_days == 14


def test_a_biller_changes_billing_and_nothing_else(cast):
    biller = Visitor(cast, "biller")
    assert biller.post("/settings/client-billing/", BILLING).status_code == 302
    assert practice(cast).invoice_prefix == "HL-"
    with cast.as_("biller") as viewer, pytest.raises(Forbidden):
        change_practice(viewer, fields={"name": "Mine", "terms_days": 1})


def test_the_currency_stays(cast):
    with cast.as_("owner") as viewer:
        with pytest.raises(Conflict, match="currency"):
            change_practice(viewer, fields={"currency": "EUR"})
        with pytest.raises(Invalid):
            change_practice(viewer, fields={"currency": "dollars"})


@pytest.mark.parametrize("field", ["is_demo", "id", "invoiced_through", "version", "__class__"])
def test_what_is_no_setting_cannot_be_set(cast, field):
    with cast.as_("owner") as viewer, pytest.raises(Invalid):
        change_practice(viewer, fields={field: True})


def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(cast, owner):
    assert owner.post("/settings/practice/", {**PRACTICE, "version": "1"}).status_code == 302
    response = owner.post("/settings/practice/", {**PRACTICE, "name": "Second", "version": "1"})
    assert response.status_code == 422
    assert "Somebody else changed this" in response.content.decode()
    assert 'value="Second"' in response.content.decode()
    assert practice(cast).name == "Harbor Lane"


def test_hostile_text_is_text(cast, owner):
    assert owner.post("/settings/practice/", {**PRACTICE, "name": HOSTILE}).status_code == 302
    assert "<script>alert(1)" not in owner.get("/settings/practice/").content.decode()


def test_a_service_is_added_changed_and_taken_out_of_choice(cast, owner):
    assert owner.post("/settings/services/new/", SERVICE).status_code == 302
    with cast.as_("owner"):
        group = Service.objects.get(name="Group")
    assert (group.fee_cents, group.minutes, group.missed_fee_cents) == (45_50, 80, None)
    url = f"/settings/services/{group.pk}/"
    assert owner.get(url).status_code == 200
    changed = {**SERVICE, "fee_cents": "50", "missed_fee_cents": "0"}
    del changed["is_active"]
    assert owner.post(url, changed).status_code == 302
    with cast.as_("owner"):
        group.refresh_from_db()
        assert (group.fee_cents, group.missed_fee_cents, group.is_active) == (50_00, 0, False)
        assert Entry.objects.get(action="service.changed").details["fee_cents"] == [45_50, 50_00]
    assert "Group" not in owner.get("/calendar/new/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("fee_cents", ""),
        ("fee_cents", "-1"),
        ("fee_cents", "a lot"),
        ("fee_cents", "1.234"),
        ("fee_cents", "9" * 30),
        ("minutes", "0"),
        ("minutes", "1441"),
        ("missed_fee_cents", "-5"),
    ],
)
def test_a_service_that_cannot_stand_is_told_beside_the_field(cast, owner, field, value):
    response = owner.post("/settings/services/new/", {**SERVICE, field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    with cast.as_("owner"):
        assert not Service.objects.filter(code="90853").exists()


def test_a_location_is_added_and_changed(cast, owner):
    assert owner.post("/settings/locations/new/", {**PLACE, "is_telehealth": "on"}).status_code == 302
    with cast.as_("owner"):
        room = Location.objects.get(name="Room 9")
    assert room.is_telehealth
    assert owner.post(f"/settings/locations/{room.pk}/", {"name": "Room 10"}).status_code == 302
    with cast.as_("owner"):
        room.refresh_from_db()
    assert (room.name, room.is_active, room.is_telehealth) == ("Room 10", False, False)


@pytest.mark.parametrize("name", ["", "room 2", "ROOM 2", "  Room   2 ", "x" * 201])
def test_a_location_that_cannot_stand_is_told_beside_its_name(cast, owner, name):
    response = owner.post("/settings/locations/new/", {**PLACE, "name": name})
    assert response.status_code == 422
    assert 'id="id_name_error"' in response.content.decode()
    with cast.as_("owner"):
        assert Location.objects.count() == 1


@pytest.mark.parametrize("what", ["services", "locations"])
def test_the_second_editor_of_a_row_is_told_in_the_dialog(cast, owner, what):
    pk = cast.service_id if what == "services" else cast.location_id
    sent = {**(SERVICE if what == "services" else PLACE), "version": "1"}
    assert owner.post(f"/settings/{what}/{pk}/", sent).status_code == 302
    response = owner.post(f"/settings/{what}/{pk}/", {**sent, "name": "Second"})
    assert response.status_code == 422
    assert "Somebody else changed this" in response.content.decode()


def test_a_form_with_nothing_of_its_own_is_no_error_of_ours(owner):
    for url in ("practice", "client-billing", "services/new", "locations/new", "team/new", "tokens"):
        assert owner.post(f"/settings/{url}/", MultiValueDict({"x": ["y"]})).status_code == 422

"""Appointments through the API: booked, listed, changed one or the rest, removed, and their own payers."""

import pytest

from tests.api.caller import Caller, is_problem
from tests.api.family import Seen

NOBODY = "0199b0a0-0000-7000-8000-000000000000"


@pytest.fixture
def mia(cast, owner):
    return Seen(cast, owner)


def test_an_appointment_takes_what_is_left_out_from_its_service(cast, owner, mia):
    told = mia.book("2026-11-25", "scheduled", location_id=str(cast.location_id))
    assert (told["start"], told["end"]) == ("2026-11-25T16:00:00-05:00", "2026-11-25T16:50:00-05:00")
    assert (told["minutes"], told["fee_cents"], told["currency"]) == (50, 120_00, "USD")
    assert (told["status"], told["confidential"], told["series_id"]) == ("scheduled", False, None)
    assert (told["client_id"], told["clinician_id"], told["location_id"]) == (
        mia.id,
        mia.clinician,
        str(cast.location_id),
    )
    assert told["conflicts"] == []
    assert owner.get(f"/appointments/{told['id']}") == told
    own = mia.book("2026-11-26", "show", minutes=90, fee_cents=200_00, confidential=True)
    assert (own["minutes"], own["fee_cents"], own["confidential"]) == (90, 200_00, True)


def test_overlaps_are_shown_and_never_refused(owner, mia):
    first = mia.book("2026-11-25", "scheduled")
    second = mia.book("2026-11-25", "scheduled", at="16:30")
    (conflict,) = second["conflicts"]
    assert (conflict["kind"], conflict["title"], conflict["appointment_id"]) == ("clinician", "Mia Ortiz", first["id"])
    assert len(owner.get(f"/appointments/{first['id']}")["conflicts"]) == 1


def test_a_series_keeps_its_hour_over_the_change_of_clocks(owner, mia):
    first = mia.book("2026-10-19", "scheduled", repeat="FREQ=WEEKLY;COUNT=4")
    assert first["repeat"] == "FREQ=WEEKLY;COUNT=4"
    told = owner.get("/appointments", client_id=mia.id)["items"]
    assert [each["start"] for each in told] == [
        "2026-10-19T16:00:00-04:00",
        "2026-10-26T16:00:00-04:00",
        "2026-11-02T16:00:00-05:00",
        "2026-11-09T16:00:00-05:00",
    ]
    assert {each["series_id"] for each in told} == {first["series_id"]}
    assert told[0]["id"] == first["id"]


def test_one_of_a_series_is_changed_or_the_rest(owner, mia):
    mia.book("2026-11-30", "scheduled", repeat="FREQ=WEEKLY;COUNT=4")

    def starts():
        return [each["start"][:16] for each in owner.get("/appointments", client_id=mia.id)["items"]]

    ids = [each["id"] for each in owner.get("/appointments", client_id=mia.id)["items"]]
    told = owner.patch(f"/appointments/{ids[1]}", {"start": "2026-12-07T10:00:00-05:00"})
    assert told["series_id"] is not None
    assert starts() == ["2026-11-30T16:00", "2026-12-07T10:00", "2026-12-14T16:00", "2026-12-21T16:00"]
    owner.patch(f"/appointments/{ids[2]}", {"start": "2026-12-15T09:00:00-05:00", "scope": "following"})
    assert starts() == ["2026-11-30T16:00", "2026-12-07T10:00", "2026-12-15T09:00", "2026-12-22T09:00"]
    owner("PATCH", f"/appointments/{ids[2]}", {"minutes": 30}, status=200, query={"scope": "following"})
    assert [each["minutes"] for each in owner.get("/appointments", client_id=mia.id)["items"]] == [50, 50, 30, 30]
    owner.patch(f"/appointments/{ids[2]}", {"repeat": "FREQ=DAILY;COUNT=3"})
    assert starts()[2:] == ["2026-12-15T09:00", "2026-12-16T09:00", "2026-12-17T09:00"]
    refused = owner.patch(f"/appointments/{ids[2]}", {"repeat": "FREQ=DAILY;COUNT=3", "scope": "one"}, 422)
    assert is_problem(refused, 422, "repeat")


def test_appointments_are_removed_one_or_the_rest(owner, mia):
    mia.book("2026-11-30", "scheduled", repeat="FREQ=WEEKLY;COUNT=5")
    ids = [each["id"] for each in owner.get("/appointments", client_id=mia.id)["items"]]
    owner.delete(f"/appointments/{ids[0]}")
    owner.delete(f"/appointments/{ids[3]}", scope="following")
    left = [each["id"] for each in owner.get("/appointments", client_id=mia.id)["items"]]
    assert left == ids[1:3]
    assert owner("DELETE", f"/appointments/{ids[1]}", {"scope": "following"}, status=204).content == b""
    assert owner.get("/appointments", client_id=mia.id)["items"] == []
    assert is_problem(owner.get(f"/appointments/{ids[1]}", 404), 404)
    assert is_problem(owner("DELETE", f"/appointments/{ids[1]}", status=404).told, 404)


def test_a_list_is_narrowed_to_dates_people_and_status(cast, owner, mia):
    night = mia.book("2026-11-02", "show", at="23:30")
    day = mia.book("2026-11-03", "cancelled")
    leo = Seen(cast, owner, first_name="Leo")
    leo.clinician = str(cast.members["entire"])
    other = leo.book("2026-11-04")

    def ids(**asked):
        return [each["id"] for each in owner.get("/appointments", **asked)["items"]]

    assert ids() == [night["id"], day["id"], other["id"]]
    assert ids(from_="2026-11-02", to="2026-11-02") == [night["id"]]
    assert ids(from_="2026-11-03") == [day["id"], other["id"]]
    assert ids(client_id=leo.id) == [other["id"]]
    assert ids(clinician_id=leo.clinician) == [other["id"]]
    assert ids(status="cancelled") == [day["id"]]
    first = owner.get("/appointments", limit=2)
    second = owner.get("/appointments", limit=2, cursor=first["next"])
    assert [each["id"] for each in [*first["items"], *second["items"]]] == ids()
    for wrong in ({"client_id": NOBODY}, {"client_id": "x"}, {"clinician_id": NOBODY}):
        assert is_problem(owner.get("/appointments", 404, **wrong), 404)
    assert is_problem(owner.get("/appointments", 422, from_="2026-11-03", to="2026-11-02"), 422, "to")
    assert is_problem(owner.get("/appointments", 422, from_="yesterday"), 422, "from")
    assert is_problem(owner.get("/appointments", 422, status="gone"), 422, "status")


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"client_id": NOBODY}, 404, None),
        ({"client_id": "x"}, 404, None),
        ({"client_id": 5}, 422, "client_id"),
        ({"clinician_id": NOBODY}, 422, "clinician_id"),
        ({"service_id": NOBODY}, 422, "service_id"),
        ({"service_id": "x"}, 422, "service_id"),
        ({"location_id": NOBODY}, 422, "location_id"),
        ({"start": "2026-11-02T16:00:00"}, 422, "start"),
        ({"start": "soon"}, 422, "start"),
        ({"start": 5}, 422, "start"),
        ({"start": "0001-01-01T00:00:00+00:00"}, 422, "start"),
        ({"start": "9999-12-31T23:59:59-23:59"}, 422, "start"),
        ({"start": "1901-01-01T00:00:00+00:00"}, 422, "start"),
        ({"minutes": 0}, 422, "minutes"),
        ({"minutes": 1441}, 422, "minutes"),
        ({"minutes": 10**30}, 422, "minutes"),
        ({"minutes": "50"}, 422, "minutes"),
        ({"fee_cents": -1}, 422, "fee_cents"),
        ({"fee_cents": 10**18}, 422, "fee_cents"),
        ({"fee_cents": 1.5}, 422, "fee_cents"),
        ({"status": "gone"}, 422, "status"),
        ({"confidential": "yes"}, 422, "confidential"),
        ({"repeat": "every now and then"}, 422, "repeat"),
        ({"repeat": "FREQ=SECONDLY"}, 422, "repeat"),
        ({"repeat": "FREQ=WEEKLY;COUNT=0"}, 422, "repeat"),
        ({"repeat": "FREQ=WEEKLY;INTERVAL=99999999999999999999"}, 422, "repeat"),
        ({"repeat": "FREQ=WEEKLY;UNTIL=99999999T999999Z"}, 422, "repeat"),
        ({"fee": 5}, 422, "fee"),
    ],
)
def test_what_cannot_be_booked_is_refused(owner, mia, wrong, status, field):
    assert is_problem(mia.book("2026-11-25", code=status, **{"status": "scheduled", **wrong}), status, field)
    assert owner.get("/appointments", client_id=mia.id)["items"] == []


def test_a_change_leaves_what_is_left_out_and_empties_what_may_be_empty(cast, owner, mia):
    made = mia.book("2026-11-25", "scheduled", location_id=str(cast.location_id), video_link="https://video.example/1")
    path = f"/appointments/{made['id']}"
    told = owner.patch(path, {"fee_cents": 90_00})
    assert told == {**made, "fee_cents": 90_00}
    told = owner.patch(path, {"location_id": None, "video_link": None})
    assert (told["location_id"], told["video_link"]) == (None, None)
    for name in ("minutes", "status", "start", "client_id", "fee_cents", "service_id", "repeat"):
        assert is_problem(owner.patch(path, {name: None}, 422), 422, name)
    assert is_problem(owner.patch(path, {"client_id": NOBODY}, 404), 404)
    assert is_problem(owner.patch(path, {"service_id": NOBODY}, 422), 422, "service_id")
    assert owner.patch(path, {}) == owner.get(path)


def test_a_lost_update_is_refused(owner, mia):
    made = mia.book("2026-11-25", "scheduled")
    path = f"/appointments/{made['id']}"
    seen = owner("GET", path)["ETag"]
    changed = owner("PATCH", path, {"status": "show"}, status=200, If_Match=seen)
    assert changed["ETag"] == owner("GET", path)["ETag"]
    assert is_problem(owner.patch(path, {"status": "no_show"}, 412, If_Match=seen), 412)
    assert is_problem(owner("DELETE", path, status=412, If_Match=seen).told, 412)
    assert owner.get(path)["status"] == "show"


def test_on_a_live_invoice_what_decides_stays_and_the_invoice_is_named(cast, owner, mia):
    mia.arrange(mia.rule("single", "Ana"))
    billed = mia.book("2026-11-02")
    path = f"/appointments/{billed['id']}"
    invoice = mia.invoice()["Ana"]
    leo = Seen(cast, owner, first_name="Leo")
    for change in (
        {"fee_cents": 1},
        {"client_id": leo.id},
        {"start": "2026-11-03T16:00:00-05:00"},
        {"status": "cancelled"},
        {"status": "no_show"},
        {"confidential": True},
        {"service_id": owner.post("/services", {"name": "Other", "fee_cents": 120_00, "minutes": 50})["id"]},
    ):
        told = owner.patch(path, change, 409)
        assert is_problem(told, 409)
        assert invoice["name"] in told["detail"]
    own = {"rule": mia.rule("single", "Ben")}
    assert invoice["name"] in owner.put(f"{path}/payer", own, 409)["detail"]
    assert invoice["name"] in owner("DELETE", f"{path}/payer", status=409).told["detail"]
    assert invoice["name"] in owner("DELETE", path, status=409).told["detail"]
    moved = owner.patch(path, {"start": "2026-11-02T09:00:00-05:00", "clinician_id": str(cast.members["entire"])})
    assert moved["start"] == "2026-11-02T09:00:00-05:00"
    owner.post(f"/invoices/{invoice['id']}/void", {"reason": "Wrong"}, 200)
    assert is_problem(owner("DELETE", path, status=409).told, 409)
    assert owner.patch(path, {"status": "cancelled"})["status"] == "cancelled"


def test_one_appointments_own_payer_comes_and_goes(owner, mia):
    mia.arrange(mia.rule("single", "Ana"))
    made = mia.book("2026-11-02")
    path = f"/appointments/{made['id']}/payer"
    rule = mia.rule("percent", "Ana", "Ben", weights=[2500, 7500])
    told = owner.put(path, {"rule": rule, "note": "This once"})
    assert told["appointment_id"] == made["id"]
    assert told["rule"] == rule
    assert mia.shares() == [{"Ana": 30_00, "Ben": 90_00}]
    assert owner.get(f"/appointments/{made['id']}")["override"] == told
    owner.put(path, {"rule": mia.rule("single", "Ben")})
    assert mia.shares() == [{"Ben": 120_00}]
    owner.delete(path)
    assert mia.shares() == [{"Ana": 120_00}]
    assert owner.get(f"/appointments/{made['id']}")["override"] is None
    for wrong in (
        {"mode": "single", "payers": [NOBODY]},
        {"mode": "single"},
        {"mode": "by_appointment", "payers": list(mia.payers.values())},
        {"mode": "single", "payers": [mia.payers["Ana"]], "caps": [{"payer": mia.payers["Ana"], "cents": 1}]},
    ):
        assert is_problem(owner.put(path, {"rule": wrong}, 422), 422, "rule")
    assert is_problem(owner.put(path, {}, 422), 422, "rule")
    assert is_problem(owner.put(path, {"rule": rule, "note": "x" * 501}, 422), 422, "note")
    assert is_problem(owner.put(f"/appointments/{NOBODY}/payer", {"rule": rule}, 404), 404)


def test_what_is_confidential_waits_for_a_payer_who_may_know(owner, mia):
    mia.arrange(mia.rule("single", "Ana"))
    made = mia.book("2026-11-02", confidential=True)
    assert [(each["state"], each["shares"]) for each in mia.who_pays()] == [("needs_payer", [])]
    refused = owner.put(f"/appointments/{made['id']}/payer", {"rule": mia.rule("single", "Ana")}, 422)
    assert is_problem(refused, 422, "rule")
    owner.put(f"/appointments/{made['id']}/payer", {"rule": {"mode": "single", "payers": [mia.client["person_id"]]}})
    assert mia.who_pays()[0]["state"] == "forecast"


def test_a_colleagues_client_is_busy_and_no_more(cast, owner, mia):
    mia.book("2026-11-25", "scheduled")
    kim = Caller(cast, "kim")
    assert kim.get("/appointments")["items"] == []
    noor = kim.post("/clients", {"type": "adult", "first_name": "Noor", "last_name": "Ali"})
    body = {"client_id": noor["id"], "clinician_id": mia.clinician, "service_id": mia.service}
    told = kim.post("/appointments", {**body, "start": "2026-11-25T16:10:00-05:00"})
    assert [(each["title"], each["appointment_id"]) for each in told["conflicts"]] == [("Busy", None)]
    assert is_problem(kim.post("/appointments", {**body, "client_id": mia.id, "start": told["start"]}, 404), 404)


def test_fees_are_shown_to_whom_amounts_are(cast, owner, mia):
    made = mia.book("2026-11-02")
    owner.put(f"/appointments/{made['id']}/payer", {"rule": mia.rule("single", "Ana")})
    seen = Caller(cast, "scheduler").get(f"/appointments/{made['id']}")
    assert (seen["fee_cents"], seen["override"]) == (120_00, None)
    assert is_problem(Caller(cast, "scheduler").get(f"/clients/{mia.id}/who-pays", 403, **SPAN), 403)


SPAN = {"from": "2026-11-01", "to": "2026-11-30"}


def test_who_pays_lists_what_bills_and_what_is_scheduled(owner, mia):
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    shown = mia.book("2026-11-02")
    mia.book("2026-11-03", "cancelled")
    mia.book("2026-11-04", fee_cents=0)
    ahead = mia.book("2026-11-30", "scheduled", at="23:59")
    mia.book("2026-12-01", "scheduled", at="00:00")
    owner.post("/charges", FEE | {"client_id": mia.id})
    told = mia.who_pays(since="2026-11-01", through="2026-11-30")
    assert [each["appointment_id"] for each in told] == [shown["id"], ahead["id"]]
    assert [each["state"] for each in told] == ["forecast", "forecast"]
    assert told[0]["start"] == "2026-11-02T16:00:00-05:00"
    mia.invoice("2026-11-02")
    assert [each["state"] for each in mia.who_pays()][:2] == ["fixed", "forecast"]
    path = f"/clients/{mia.id}/who-pays"
    for wrong, field in (
        ({}, "from"),
        ({"from": "2026-11-02"}, "to"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "2026-01-01", "to": "2027-01-02"}, "to"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "from"),
    ):
        assert is_problem(owner.get(path, 422, **wrong), 422, field)
    assert owner.get(path, **{"from": "2026-01-01", "to": "2027-01-01"})["items"]
    assert is_problem(owner.get(f"/clients/{NOBODY}/who-pays", 404, **SPAN), 404)


FEE = {"kind": "fee", "description": "Letter", "amount_cents": 25_00, "date": "2026-11-05"}


@pytest.mark.parametrize("change", [{"status": "scheduled"}, {"fee_cents": 99_00}])
def test_what_was_ever_billed_is_never_removed(owner, mia, change):
    mia.arrange(mia.rule("single", "Ana"))
    told = mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    owner.post(f"/invoices/{invoice['id']}/void", {"reason": "wrong"}, 200)
    owner.patch(f"/appointments/{told['id']}", change)
    assert is_problem(owner.delete(f"/appointments/{told['id']}", 409), 409)
    assert is_problem(owner.patch(f"/appointments/{told['id']}", {"fee_cents": -1}, 422), 422, "fee_cents")


def test_the_fee_of_a_missed_appointment_on_a_live_invoice_stays(owner, mia):
    told = mia.book("2026-11-02", "no_show")
    mia.invoice()
    assert is_problem(owner.patch(f"/appointments/{told['id']}", {"fee_cents": 99_00}, 409), 409)


def test_a_count_holds_for_a_series_that_begins_on_another_day(owner, mia):
    mia.book("2026-12-07", "scheduled", repeat="FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3")
    assert [each["start"][:10] for each in owner.get("/appointments", client_id=mia.id)["items"]] == [
        "2026-12-07",
        "2026-12-31",
        "2027-01-31",
    ]


def test_its_own_payer_is_cleared_only_as_it_was_seen(owner, mia):
    told = mia.book("2026-11-02")
    path = f"/appointments/{told['id']}/payer"
    owner.put(path, {"rule": mia.rule("single", "Ben"), "note": "swap"})
    assert is_problem(owner("DELETE", path, status=412, If_Match='"stale"').told, 412)
    seen = owner("GET", f"/appointments/{told['id']}")["ETag"]
    owner("DELETE", path, status=204, If_Match=seen)

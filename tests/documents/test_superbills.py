"""A superbill: sessions one payer was billed for, with codes and provider; what is missing is said before it is made."""

from datetime import date

import pytest

from kinbook.documents.commands.diagnoses import add_diagnosis, end_diagnosis
from kinbook.documents.commands.superbills import create_superbill, superbill_to_be
from kinbook.invoices.commands.issue import issue_charges
from kinbook.people.models import Client
from kinbook.practice.commands import change_practice, change_service
from kinbook.team.commands.members import change_member
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import nov
from tests.documents.reading import words, words_in
from tests.money import invoiced, pay, split
from tests.scheduling.visitor import Visitor

NPI = "1234567893"
NOVEMBER = {"since": nov(1), "through": nov(30)}


def complete(cast, viewer):
    """Enter everything a superbill prints."""
    change_practice(viewer, fields={"tax_id": "02-1234567", "npi": NPI})
    change_member(viewer, member_id=cast.members["kim"], fields={"npi": NPI, "license": "NH 1234"})
    change_service(viewer, service_id=cast.service_id, fields={"modifiers": "95", "units": 1})


def diagnose(cast, code="F41.1", starts_on=None, **more):
    starts_on = starts_on or nov(1)
    with cast.as_("kim") as viewer:
        return add_diagnosis(viewer, client_id=cast.clients["mia"], code=code, starts_on=starts_on, **more)


def superbill(cast, viewer, name="ana", **period):
    return create_superbill(viewer, payer_id=cast.people[name], client_id=cast.clients["mia"], **(period or NOVEMBER))


def booked(cast, viewer, *days, **more):
    """Enter Mia with sessions in Room 2, invoiced."""
    mia = cast.child(viewer)
    charges = [cast.book(viewer, mia.pk, nov(day), location_id=cast.location_id, **more).pk for day in days]
    return issue_charges(viewer, client_id=mia.pk, charge_ids=charges)


def test_it_says_codes_provider_place_and_what_was_paid(cast):
    with cast.as_("owner") as viewer:
        booked(cast, viewer, 2, 4)
        complete(cast, viewer)
        pay(cast, viewer, "ana", 150_00)
    diagnose(cast, description="Generalized anxiety disorder")
    with cast.as_("biller") as viewer:
        made = superbill(cast, viewer)
        text = words(made)
    assert made.content["missing"] == []
    assert [line["paid_cents"] for line in made.content["lines"]] == [120_00, 30_00]
    for said in (
        *("Superbill", "Mia Ortiz", "Feb 2, 2010", "02-1234567", NPI, "Dr June Kim", "NH 1234", "F41.1"),
        *("Generalized anxiety disorder", "90837-95", "11", "Charges $240.00", "Paid $150.00", "Balance $90.00"),
    ):
        assert said in text, text


def test_what_is_missing_is_named_once_and_it_can_be_made_without(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, 4)
        cast.book(viewer, cast.clients["mia"], nov(9))
        asked = {"payer_id": cast.people["ana"], "client_id": cast.clients["mia"], **NOVEMBER}
        found = superbill_to_be(viewer, **asked)
        fields = [each.field for each in found.missing]
        made = superbill(cast, viewer)
    assert sorted(set(fields)) == [
        *("diagnosis", "invoice", "place_of_service", "practice.npi", "practice.tax_id", "provider.license"),
        "provider.npi",
    ]
    assert fields.count("provider.npi") == 1
    assert len(made.content["missing"]) == len(fields)


def test_missed_and_void_sessions_are_not_on_it(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        missed = cast.book(viewer, cast.clients["mia"], nov(4), status="no_show")
        issue_charges(viewer, client_id=cast.clients["mia"], charge_ids=[missed.pk])
        made = superbill(cast, viewer)
        assert [line["on"] for line in made.content["lines"]] == ["2026-11-02"]
        with pytest.raises(Conflict, match="nothing to put"):
            superbill(cast, viewer, since=nov(4), through=nov(5))
        with pytest.raises(Invalid):
            superbill(cast, viewer, since=nov(5), through=nov(4))


def test_a_code_stands_where_it_holds_on_the_date(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, 4, 6)
    first = diagnose(cast, "F41.1", date(2026, 10, 1))
    diagnose(cast, "f84", nov(4))
    with cast.as_("kim") as viewer:
        end_diagnosis(viewer, client_id=cast.clients["mia"], diagnosis_id=first.pk, until=nov(6))
        made = superbill(cast, viewer)
    assert [line["diagnoses"] for line in made.content["lines"]] == [["F41.1"], ["F41.1", "F84"], ["F84"]]


@pytest.mark.parametrize(("name", "other"), [("ana", "Ben"), ("ben", "Ana")])
def test_each_payers_shows_their_share_and_what_they_paid_alone(cast, name, other):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 31_00)
        pay(cast, viewer, "ben", 17_00)
        made = superbill(cast, viewer, name)
        text = words(made)
    share, paid, foreign = {"ana": (144_00, 31_00, "17.00"), "ben": (96_00, 17_00, "31.00")}[name]
    assert (made.content["total_cents"], made.content["paid_cents"]) == (share, paid)
    for unsaid in (other, "Cy", "120", foreign):
        assert unsaid not in text, text


def test_the_full_fee_stands_on_it_where_the_practice_says_so_for_the_client(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        Client.objects.filter(pk=cast.clients["mia"]).update(shows_full_fee=True)
        assert "of $120.00" in words(superbill(cast, viewer))


def test_what_is_confidential_stands_on_no_guardians(cast):
    with cast.as_("owner") as viewer:
        change_practice(viewer, fields={"guardians_pay_confidential": True})
        mia = cast.child(viewer)
        charges = [cast.book(viewer, mia.pk, nov(day), confidential=day == 4).pk for day in (2, 4)]
        issue_charges(viewer, client_id=mia.pk, charge_ids=charges)
        made = superbill(cast, viewer)
    assert [line["on"] for line in made.content["lines"]] == ["2026-11-02"]


def test_only_who_treats_enters_codes_and_only_who_may_reads_them(cast):
    with cast.as_("owner") as viewer:
        booked(cast, viewer, 2)
    diagnose(cast)
    for name in ("owner", "manager", "biller", "scheduler", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            add_diagnosis(viewer, client_id=cast.clients["mia"], code="F84", starts_on=nov(1))
    with cast.as_("owner") as viewer:
        made = superbill(cast, viewer)
    url = f"/billing/documents/{made.pk}/"
    for name, sees in (("biller", True), ("kim", True), ("owner", False), ("manager", False)):
        visitor = Visitor(cast, name)
        assert ("F41.1" in visitor.get(url).content.decode()) is sees, name
        assert ("F41.1" in words_in(visitor.get(f"{url}pdf/").content)) is sees, name
    assert "F41.1" in words(made)


@pytest.mark.parametrize("code", ["", "anxiety", "41.1"])
def test_what_is_no_code_is_refused_beside_the_field(cast, code):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
    kim = Visitor(cast, "kim")
    url = f"/clients/{cast.clients['mia']}/edit/diagnoses/"
    answer = kim.send(url, {"code": code, "starts_on": "2026-11-01"})
    assert answer.status_code == 422
    assert kim.send(url, {"code": "f411", "starts_on": "2026-11-01"}).status_code in {204, 302}
    assert "F41.1" in kim.get(url).content.decode()
    assert kim.send(url, {"code": "F41.1", "starts_on": "2026-11-01"}).status_code == 422


def test_the_dialog_lists_what_is_missing_with_the_way_there(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
    owner = Visitor(cast, "owner")
    mia, ana = cast.clients["mia"], cast.people["ana"]
    asked = f"/billing/documents/superbill/?client={mia}&payer={ana}&since=2026-11-01&through=2026-11-30"
    told = owner.dialog(asked).content.decode()
    assert "The practice’s NPI" in told
    assert "/settings/practice/" in told
    told = Visitor(cast, "kim").dialog(asked).content.decode()
    assert "/settings/practice/" not in told
    assert f"/clients/{mia}/edit/diagnoses/" in told
    sent = {"client": mia, "payer": ana, "since": "2026-11-01", "through": "2026-11-30"}
    assert owner.send("/billing/documents/superbill/", sent).status_code == 204
    assert owner.send("/billing/documents/superbill/", {**sent, "since": "2026-12-01"}).status_code == 422

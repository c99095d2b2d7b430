"""One charge's own payer: set with a note, counted as a turn, taken away again; charges entered by hand."""

from datetime import date

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import void_invoice
from kinbook.rules.money import LARGEST
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import Count, read_tallies
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.by_hand import add_charge, restore_charge, waive_charge
from kinbook.whopays.commands.override import clear_override, read_override, set_override
from kinbook.whopays.models import Charge, Override, Share
from tests.cast import nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor


def override(cast, viewer, charge, *names, note="", weights=None):
    rule = cast.rule("percent", names, weights=weights) if weights else cast.rule("single", names)
    set_override(viewer, charge=Charge.objects.get(pk=charge), rule=read_override(rule), note=note)


def payers(cast):
    names = {party: name for name, party in cast.people.items()}
    rows = Share.objects.order_by("on_date", "position").values_list("payer_id", flat=True)
    return [names.get(each, each) for each in rows]


def test_3_a_swap_evens_out_by_itself_and_says_who_and_why(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in (2, 4, 6, 9)]
        override(cast, viewer, charges[1], "ana", note="Ben is travelling")
        assert payers(cast) == ["ana", "ana", "ben", "ben"]
        share = Share.objects.get(charge_id=charges[1])
        assert share.reason == "Set for this appointment by Helen Marsh: “Ben is travelling”"
        assert share.payer_reason == "Your share, as arranged for 4 November 2026"
        clear_override(viewer, charge=Charge.objects.get(pk=charges[1]))
        assert payers(cast) == ["ana", "ben", "ana", "ben"]
        promises_hold(cast)


def test_a_split_of_one_charge_stays_outside_the_account(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "percent", weights=[5000, 5000])
        first = cast.book(viewer, mia.pk, nov(2)).pk
        cast.book(viewer, mia.pk, nov(4), fee_cents=125_01)
        override(cast, viewer, first, "ana", "ben", weights=[9000, 1000])
        assert list(Share.objects.order_by("on_date", "position").values_list("cents", flat=True)) == [
            *(108_00, 12_00),
            *(62_51, 62_50),
        ]
        promises_hold(cast)


def test_set_again_the_last_one_holds(cast):
    with cast.as_("owner") as viewer:
        charge = cast.book(viewer, cast.child(viewer).pk, nov(2)).pk
        override(cast, viewer, charge, "ben", note="one")
        override(cast, viewer, charge, "ana", note="two")
        assert (Override.objects.get().note, payers(cast)) == ("two", ["ana"])


def test_on_a_live_invoice_it_is_refused_naming_it(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charge = cast.book(viewer, mia.pk, nov(2)).pk
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[charge])
        for deed in (
            lambda: override(cast, viewer, charge, "ben"),
            lambda: clear_override(viewer, charge=Charge.objects.get()),
        ):
            with pytest.raises(Conflict, match="This is on INV-1"):
                deed()
        void_invoice(viewer, invoice=invoice, reason="?")
        override(cast, viewer, charge, "ben")
        assert payers(cast) == ["ben"]
        promises_hold(cast)


@pytest.mark.parametrize("mode", ["by_appointment", "by_week", "custody"])
def test_one_charge_has_no_rule_over_time(cast, mode):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        rule = cast.rule(mode, anchor="2026-11-02", cycle=["ana", "ben"])
        with pytest.raises(Invalid):
            read_override(rule)


def test_a_stranger_a_long_note_and_a_guardian_of_a_confidential_session_are_refused(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, parents=("ana",))
        cast.child(viewer, "Leo", parents=("ben",))
        charge = cast.book(viewer, mia.pk, nov(2)).pk
        closed = cast.book(viewer, mia.pk, nov(3), confidential=True).pk
        with pytest.raises(Invalid, match="add the contact first"):
            override(cast, viewer, charge, "ben")
        with pytest.raises(Invalid, match="At most 500"):
            override(cast, viewer, charge, "ana", note="x" * 501)
        with pytest.raises(Invalid, match="Confidential to the client"):
            override(cast, viewer, closed, "ana")
        assert Charge.objects.get(pk=closed).needs.startswith("Confidential")
        set_override(
            viewer,
            charge=Charge.objects.get(pk=closed),
            rule=read_override({"mode": "single", "payers": [str(mia.party_id)]}),
        )
        assert Share.objects.get(charge_id=closed).payer_id == mia.party_id
        promises_hold(cast)


def test_where_the_practice_says_so_a_guardian_pays_for_a_confidential_session(cast):
    with cast.as_("owner") as viewer:
        Practice.objects.update(guardians_pay_confidential=True)
        charge = cast.book(viewer, cast.child(viewer).pk, nov(3), confidential=True).pk
        override(cast, viewer, charge, "ben")
        assert payers(cast) == ["ben"]


def add(viewer, client, **more):
    return add_charge(
        viewer,
        **{"client_id": client.pk, "kind": "product", "description": "Workbook", "cents": 35_00, "on": nov(5), **more},
    )


def test_a_product_goes_to_whoever_is_next_and_takes_no_turn(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        cast.book(viewer, mia.pk, nov(2))
        add(viewer, mia)
        cast.book(viewer, mia.pk, nov(9))
        assert payers(cast) == ["ana", "ben", "ben"]
        promises_hold(cast)


def test_a_fee_may_have_a_payer_of_its_own(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        add(viewer, mia, kind="fee", description="Letter", rule=cast.read_rule("single", ["ben"]), note="asked for it")
        assert payers(cast) == ["ben"]
        with pytest.raises(Invalid):
            add(viewer, mia, rule=cast.read_rule("single", [str(viewer.id)]))
        assert Charge.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "session"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"description": " "}, "description"),
        ({"description": "x" * 501}, "description"),
        ({"cents": 0}, "amount_cents"),
        ({"cents": -1}, "amount_cents"),
        ({"cents": LARGEST + 1}, "amount_cents"),
    ],
)
def test_what_is_no_charge_is_told_beside_its_field(cast, wrong, field):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        with pytest.raises(Invalid) as refused:
            add(viewer, mia, **wrong)
        assert set(refused.value.problems) == {field}


@pytest.mark.parametrize("on", [date.min, date.max])
def test_a_charge_on_the_first_or_last_of_days_is_a_typing_error(cast, on):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        with pytest.raises(Invalid) as refused:
            add(viewer, mia, on=on)
        assert set(refused.value.problems) == {"date"}


def counted(viewer, kind):
    return read_tallies(viewer.practice_id).get((kind, None), Count())


def test_written_off_before_it_is_invoiced_nobody_owes_it(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        first = cast.book(viewer, mia.pk, nov(2)).pk
        cast.book(viewer, mia.pk, nov(4))
        charge = Charge.objects.get(pk=first)
        waive_charge(viewer, charge=charge, reason="our mistake")
        assert payers(cast) == ["ana"]
        assert counted(viewer, Kind.UNINVOICED) == Count(1, 120_00)
        with pytest.raises(Conflict):
            waive_charge(viewer, charge=charge, reason="again")
        promises_hold(cast)
        restore_charge(viewer, charge=charge)
        assert payers(cast) == ["ana", "ben"]
        with pytest.raises(Conflict):
            restore_charge(viewer, charge=charge)
        promises_hold(cast)


def test_what_stands_on_an_invoice_is_not_waived(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charge = Charge.objects.get(pk=cast.book(viewer, mia.pk, nov(2)).pk)
        with pytest.raises(Invalid):
            waive_charge(viewer, charge=charge, reason=" ")
        issue_charges(viewer, client_id=mia.pk, charge_ids=[charge.pk])
        with pytest.raises(Conflict, match="INV-1"):
            waive_charge(viewer, charge=charge, reason="?")


def test_who_may_not_is_refused(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        charge = cast.book(viewer, mia.pk, nov(2)).pk
    with cast.as_("scheduler") as viewer:
        row = Charge.objects.get(pk=charge)
        for deed in (
            lambda: override(cast, viewer, charge, "ben"),
            lambda: clear_override(viewer, charge=row),
            lambda: waive_charge(viewer, charge=row, reason="?"),
            lambda: restore_charge(viewer, charge=row),
            lambda: add(viewer, mia),
        ):
            with pytest.raises(Forbidden):
                deed()


def test_from_the_list_a_payer_is_chosen_or_it_is_written_off(cast):
    from kinbook.whopays.commands.arrange import end_arrangement

    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        end_arrangement(viewer, client_id=mia.pk, on=nov(1))
        charge = cast.book(viewer, mia.pk, nov(2)).pk
    visitor = Visitor(cast, "biller")
    url = f"/charges/{charge}/payer/"
    assert "Ana" in visitor.dialog(url).content.decode()
    for wrong in ({}, {"payer": "nobody"}, {"payer": str(cast.members["kim"])}, {"write_off": "1"}, {"restore": "1"}):
        assert visitor.send(url, wrong).status_code == 422, wrong
    assert visitor.send(url, {"payer": str(cast.people["ben"]), "note": "asked"}).status_code == 204
    assert visitor.send(url, {"write_off": "1", "note": "our mistake"}).status_code == 204
    with cast.as_("owner"):
        assert Charge.objects.get().state == "waived"
        promises_hold(cast)

"""Responsible for billing, ticked and unticked at a contact, from a date, with what it changes."""

import pytest

from kinbook.audit.models import Entry
from kinbook.invoices.commands.issue import issue_charges
from kinbook.people.commands.clean import PersonDraft
from kinbook.people.commands.clients import ClientDraft, ContactDraft, PartnerDraft
from kinbook.people.models import Contact
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.whopays.commands.arrange import read_agreement
from kinbook.whopays.commands.responsible import add_client, add_contact, change_contact
from kinbook.whopays.models import Charge, Share
from kinbook.whopays.queries.payers import responsible_on
from kinbook.whopays.queries.preview import could_be_readdressed, placing, preview
from tests.cast import PARENTS, TODAY, nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor


def link(cast, name, client="mia"):
    return Contact.objects.get(client_id=cast.clients[client], party_id=cast.people[name])


def named(cast, day=TODAY):
    found = responsible_on([cast.clients["mia"]], day).get(cast.clients["mia"], [])
    names = {party: name for name, party in cast.people.items()}
    return [names[each] for each in found]


def unticked(cast, viewer, name, on=None, **more):
    change_contact(viewer, contact=link(cast, name), fields={}, responsible=False, effective_from=on, **more)


def ticked(cast, viewer, name, on=None, **more):
    change_contact(viewer, contact=link(cast, name), fields={}, responsible=True, effective_from=on, **more)


def test_the_contact_ticked_on_entry_has_always_paid(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        assert named(cast, nov(1).replace(year=1999)) == ["ana"]


def test_unticked_the_arrangement_ends_that_day_and_ticking_another_begins_theirs(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for day in (9, 10, 12):
            cast.book(viewer, mia.pk, nov(day))
        unticked(cast, viewer, "ana", nov(10))
        assert named(cast) == []
        assert Charge.objects.exclude(needs="").count() == 2
        ticked(cast, viewer, "ben", nov(12))
        assert named(cast) == ["ben"]
        assert [each.on_date for each in Charge.objects.exclude(needs="")] == [nov(10)]
        promises_hold(cast)


def test_a_second_one_needs_a_rule(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        with pytest.raises(Conflict, match="Somebody else is responsible for billing already"):
            ticked(cast, viewer, "ben")
        assert named(cast) == ["ana"]
        rule = read_agreement(cast.rule("by_appointment"), starts_on=TODAY)
        ticked(cast, viewer, "ben", agreement=rule)
        assert named(cast) == ["ana", "ben"]
        with pytest.raises(Conflict, match="Several are responsible for billing"):
            unticked(cast, viewer, "ben")
        unticked(cast, viewer, "ben", agreement=read_agreement(cast.rule("single", ["ana"]), starts_on=TODAY))
        assert named(cast) == ["ana"]


def test_a_rule_that_says_otherwise_than_the_tick_is_refused(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        without = read_agreement(cast.rule("single", ["ana"]), starts_on=TODAY)
        with pytest.raises(Invalid, match="does not name them"):
            ticked(cast, viewer, "ben", agreement=without)
        with pytest.raises(Invalid, match="the rule names them"):
            unticked(cast, viewer, "ana", agreement=without)


def test_ticking_who_is_ticked_changes_nothing(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        ticked(cast, viewer, "ana")
        unticked(cast, viewer, "ben")
        assert named(cast) == ["ana"]


def test_before_it_is_saved_it_says_what_moves_and_what_could_be_readdressed(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = cast.book(viewer, mia.pk, nov(10)).pk
        issue_charges(viewer, client_id=mia.pk, charge_ids=[first])
        cast.book(viewer, mia.pk, nov(9))
        cast.book(viewer, mia.pk, nov(20), status="scheduled")
        from kinbook.whopays.commands.arrange import placed_value

        to_ben = placed_value(read_agreement(cast.rule("single", ["ben"]), starts_on=nov(10)), [])
        shown = preview(viewer, mia, placing(to_ben))
        assert [each.charge.on_date for each in shown.moved] == [nov(20)]
        assert [each.charge.on_date for each in shown.staying] == [nov(9)]
        (one,) = could_be_readdressed(mia, nov(10), [cast.people["ben"]])
        assert (one.name, one.cents) == ("INV-1", 120_00)
        assert Share.objects.get(on_date=nov(20)).payer_id == cast.people["ana"]


def test_a_contact_whose_link_ended_is_not_billed(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        for day in (9, 10):
            cast.book(viewer, mia.pk, nov(day))
        change_contact(viewer, contact=link(cast, "ana"), fields={"until": nov(10)})
        needing = Charge.objects.exclude(needs="").get()
        assert (needing.on_date, needing.needs) == (nov(10), "Ana's contact link ended on 10 November 2026")
        change_contact(viewer, contact=link(cast, "ana"), fields={"until": None})
        assert not Charge.objects.exclude(needs="").exists()
        promises_hold(cast)


def test_a_contact_who_came_back_is_billed_again(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        change_contact(viewer, contact=link(cast, "ana"), fields={"until": nov(5)})
        add_contact(viewer, client_id=mia.pk, draft=ContactDraft(party_id=cast.people["ana"], starts_on=nov(9)))
        cast.book(viewer, mia.pk, nov(10))
        assert Share.objects.get().payer_id == cast.people["ana"]
        again = Contact.objects.get(client_id=mia.pk, party_id=cast.people["ana"], until=None)
        change_contact(viewer, contact=again, fields={"until": nov(12)})
        cast.book(viewer, mia.pk, nov(11))
        cast.book(viewer, mia.pk, nov(12))
        assert [each.on_date for each in Charge.objects.exclude(needs="")] == [nov(12)]
        promises_hold(cast)


def test_a_new_contact_ticked_pays_from_its_start(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, parents=("ana",))
        unticked(cast, viewer, "ana", nov(10))
        draft = ContactDraft(person=PARENTS["ben"], responsible=True, starts_on=nov(12))
        ben = add_contact(viewer, client_id=mia.pk, draft=draft)
        cast.people["ben"] = ben.party_id
        assert (named(cast, nov(11)), named(cast, nov(12))) == ([], ["ben"])


@pytest.mark.parametrize("name", ["scheduler", "basic"])
def test_who_may_edit_contacts_may_not_for_that_change_who_pays(cast, name):
    with cast.as_("owner") as viewer:
        cast.child(viewer, clinician="basic")
    with cast.as_(name) as viewer:
        change_contact(viewer, contact=link(cast, "ana"), fields={"emergency_contact": True})
        with pytest.raises(Forbidden):
            unticked(cast, viewer, "ana")
        with pytest.raises(Forbidden):
            add_contact(
                viewer, client_id=cast.clients["mia"], draft=ContactDraft(person=PARENTS["cy"], responsible=True)
            )


def test_the_second_of_two_editors_is_told(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        seen = link(cast, "ana").version
        change_contact(viewer, contact=link(cast, "ana"), fields={"emergency_contact": True}, version=seen)
        with pytest.raises(Conflict, match="Somebody else changed this"):
            change_contact(viewer, contact=link(cast, "ana"), fields={"legal_guardian": False}, version=seen)
        assert link(cast, "ana").legal_guardian


def adult(**more):
    return ClientDraft(type="adult", person=PersonDraft(first_name="Ada", last_name="Lund"), **more)


def test_an_adult_pays_for_themselves_from_the_beginning(cast):
    with cast.as_("owner") as viewer:
        client = add_client(viewer, draft=adult())
        assert responsible_on([client.pk], nov(1))[client.pk] == [client.party_id]


def test_two_ticked_on_entry_need_a_rule(cast):
    with cast.as_("owner") as viewer:
        partners = tuple(
            PartnerDraft(person=PersonDraft(first_name=name, last_name="de Vries"), responsible=True)
            for name in ("Piet", "Hannah")
        )
        with pytest.raises(Invalid) as refused:
            add_client(viewer, draft=ClientDraft(type="couple", partners=partners))
        assert set(refused.value.problems) == {"arrangement"}

        def half(parties):
            rule = {"mode": "percent", "payers": [str(each) for each in parties], "weights": [5000, 5000]}
            return read_agreement(rule, starts_on=None)

        couple = add_client(viewer, draft=ClientDraft(type="couple", partners=partners), agreement=half)
        assert (couple.name, len(responsible_on([couple.pk], TODAY)[couple.pk])) == ("Piet and Hannah de Vries", 2)


URL = "/clients/{client}/edit/contacts/{contact}/manage/"


def test_the_dialog_saves_from_its_date_and_tells_what_moves(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        unticked(cast, viewer, "ana", nov(2))
        cast.book(viewer, mia.pk, nov(9))
        contact = link(cast, "ben")
    url = URL.format(client=mia.pk, contact=contact.pk)
    visitor = Visitor(cast, "biller")
    asked = {"responsible_for_billing": "on", "effective_from": "2026-11-09", "version": contact.version}
    told = visitor.send(f"{url}changes/", asked).content.decode()
    assert "120.00" in told
    assert visitor.send(url, asked).status_code == 204
    with cast.as_("owner"):
        assert named(cast) == ["ben"]
        assert Share.objects.get().payer_id == cast.people["ben"]
        assert Entry.objects.filter(action="contact.changed", client_id=mia.pk).exists()


@pytest.mark.parametrize(
    "wrong", [{"effective_from": "soon"}, {"effective_from": ""}, {"effective_from": "2026-11-09", "version": "99"}]
)
def test_what_the_dialog_cannot_save_it_tells_and_keeps(cast, wrong):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        unticked(cast, viewer, "ana", nov(2))
        contact = link(cast, "ben")
    url = URL.format(client=mia.pk, contact=contact.pk)
    assert Visitor(cast, "biller").send(url, {"responsible_for_billing": "on", **wrong}).status_code == 422
    with cast.as_("owner"):
        assert named(cast) == []

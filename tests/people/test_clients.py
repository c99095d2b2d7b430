"""Clients: adult, minor, couple; their statuses; a minor never without a contact; one parent shared by siblings."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kinbook.access.models import Assignment, PortalGrant
from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ClientDraft, ContactDraft, PartnerDraft, change_client
from kinbook.people.commands.parties import change_person
from kinbook.people.models import Client, Contact, Party
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.whopays.commands.arrange import read_agreement
from kinbook.whopays.commands.responsible import add_client, add_contact, change_contact
from kinbook.whopays.queries.payers import responsible_on
from tests.cast import PARENTS, TODAY, nov

ADA = PersonDraft(first_name="Ada", last_name="Lund")


def minor(**more):
    person = PersonDraft(first_name="Ida", last_name="Holm", date_of_birth=nov(1).replace(year=2018))
    return ClientDraft(
        **{"type": "minor", "person": person, "contacts": (ContactDraft(person=PARENTS["ana"]),), **more}
    )


def test_a_minor_needs_a_contact(cast):
    with cast.as_("owner") as viewer:
        with pytest.raises(Invalid) as refused:
            add_client(viewer, draft=minor(contacts=()))
        assert set(refused.value.problems) == {"contacts"}
        assert not Client.objects.exists()
        assert not Party.objects.exists()


def test_an_adult_without_contacts_does_not_become_a_minor(cast):
    with cast.as_("owner") as viewer:
        ada = add_client(viewer, draft=ClientDraft(type="adult", person=ADA))
        with pytest.raises(Invalid) as refused:
            change_client(viewer, client_id=ada.pk, type="minor")
        assert set(refused.value.problems) == {"type"}
        add_contact(viewer, client_id=ada.pk, draft=ContactDraft(person=PARENTS["ana"]))
        assert change_client(viewer, client_id=ada.pk, type="minor").type == "minor"


def enter_alone(cast, *_):
    party = Party.objects.create(practice_id=cast.practice_id, kind="person", first_name="Nils", sort_name="nils")
    Client.objects.create(practice_id=cast.practice_id, type="minor", party=party, sort_name="nils")


def make_minor(_cast, _ida, ada):
    Client.objects.filter(pk=ada.pk).update(type="minor")


def take_contacts(_cast, ida, _ada):
    Contact.objects.filter(client=ida).delete()


@pytest.mark.parametrize("deed", [enter_alone, make_minor, take_contacts])
def test_the_database_itself_leaves_no_minor_alone(lasting_cast, deed):
    with lasting_cast.as_("owner") as viewer:
        ida = add_client(viewer, draft=minor())
        ada = add_client(viewer, draft=ClientDraft(type="adult", person=ADA))
    with pytest.raises(IntegrityError, match="a minor needs a contact"), lasting_cast.as_("owner"):
        deed(lasting_cast, ida, ada)
    with lasting_cast.as_("owner"):
        assert Client.objects.filter(type="minor").count() == 1
        assert Contact.objects.filter(client=ida).exists()


def test_a_couple_is_two_different_people(cast):
    one, other = PersonDraft(first_name="Piet", last_name="Vos"), PersonDraft(first_name="Hanna", last_name="Berg")
    with cast.as_("owner") as viewer:
        couple = add_client(
            viewer,
            draft=ClientDraft(
                type="couple", partners=(PartnerDraft(person=one, responsible=True), PartnerDraft(person=other))
            ),
        )
        assert couple.name == "Piet Vos and Hanna Berg"
        partner = couple.partners.order_by("position").first().party_id
        same = (PartnerDraft(party_id=partner), PartnerDraft(party_id=partner))
        for wrong in ({"partners": ()}, {"partners": same}, {"partners": same[:1]}):
            with pytest.raises(Invalid) as refused:
                add_client(viewer, draft=ClientDraft(type="couple", **wrong))
            assert set(refused.value.problems) == {"partners"}
        with pytest.raises(Invalid):
            add_contact(viewer, client_id=couple.pk, draft=ContactDraft(party_id=partner, relationship="other"))
        with pytest.raises(Invalid):
            change_client(viewer, client_id=couple.pk, type="adult")


def test_somebody_outside_a_couple_pays_for_it(cast):
    with cast.as_("owner") as viewer:
        partners = tuple(PartnerDraft(person=PersonDraft(first_name=name, last_name="Vos")) for name in ("Piet", "Jo"))
        employer = ContactDraft(relationship="other", person=PARENTS["ana"], responsible=True)
        couple = add_client(viewer, draft=ClientDraft(type="couple", partners=partners, contacts=(employer,)))
        ana = couple.contacts.get().party_id
        assert responsible_on([couple.pk], viewer.today) == {couple.pk: [ana]}


def test_a_tick_that_the_arrangement_leaves_out_is_refused(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        ben = {"mode": "single", "payers": [str(cast.people["ben"])]}
        contacts = tuple(
            ContactDraft(relationship="parent", party_id=cast.people[name], responsible=name == "ana")
            for name in ("ana", "ben")
        )
        with pytest.raises(Invalid) as refused:
            add_client(viewer, draft=minor(contacts=contacts), agreement=lambda _: read_agreement(ben, starts_on=None))
        assert set(refused.value.problems) == {"arrangement"}


def test_a_couple_is_listed_under_the_names_as_they_are_now(cast):
    with cast.as_("owner") as viewer:
        partners = tuple(
            PartnerDraft(person=PersonDraft(first_name=name, last_name="Vos"), responsible=name == "Piet")
            for name in ("Piet", "Hanna")
        )
        couple = add_client(viewer, draft=ClientDraft(type="couple", partners=partners))
        hanna = couple.partners.get(position=2).party
        change_person(viewer, party=hanna, draft=PersonDraft(first_name="Hanna", last_name="Berg"))
        couple.refresh_from_db()
        assert couple.couple_name == "Piet Vos and Hanna Berg"


@pytest.mark.parametrize("status", ["active", "inactive", "prospective", "archived"])
def test_a_client_goes_through_its_statuses(cast, status):
    with cast.as_("owner") as viewer:
        ida = add_client(viewer, draft=minor(status=status))
        assert ida.status == status
        for each in ("archived", "active", status):
            assert change_client(viewer, client_id=ida.pk, status=each).status == each


def test_what_is_no_status_and_no_type_is_told_beside_it(cast):
    with cast.as_("owner") as viewer:
        for field in ("status", "type"):
            with pytest.raises(Invalid) as refused:
                add_client(viewer, draft=minor(**{field: "odd"}))
            assert set(refused.value.problems) == {field}
        ida = add_client(viewer, draft=minor())
        for field in ("status", "type"):
            with pytest.raises(Invalid) as refused:
                change_client(viewer, client_id=ida.pk, **{field: "odd"})
            assert set(refused.value.problems) == {field}


def test_siblings_share_a_parent_who_is_one_person(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer), cast.child(viewer, "Leo", parents=("ana",))
        assert Party.objects.filter(first_name="Ana").count() == 1
        assert [each.party.short_name for each in client_head(viewer, mia.pk).siblings] == ["Leo"]
        ana = Party.objects.get(pk=cast.people["ana"])
        change_person(viewer, party=ana, draft=PersonDraft(first_name="Ana", last_name="Reyes"))
        for child in (mia, leo):
            assert Contact.objects.get(client=child, party=ana).party.name == "Ana Reyes"


def test_one_person_is_one_client(cast):
    with cast.as_("owner") as viewer:
        ada = add_client(viewer, draft=ClientDraft(type="adult", person=ADA))
        with pytest.raises(Conflict, match="is a client already"):
            add_client(viewer, draft=ClientDraft(type="adult", party_id=ada.party_id))


def test_a_parent_may_be_a_client_too_and_nobody_is_their_own_contact(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        ana = add_client(viewer, draft=ClientDraft(type="adult", party_id=cast.people["ana"]))
        with pytest.raises(Invalid) as refused:
            add_contact(viewer, client_id=ana.pk, draft=ContactDraft(party_id=cast.people["ana"]))
        assert set(refused.value.problems) == {"person_id"}


def test_a_contact_has_dates_and_is_linked_once_at_a_time(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        again = ContactDraft(party_id=cast.people["ana"], starts_on=nov(20))
        with pytest.raises(Conflict, match="is a contact of Mia Ortiz already at that time"):
            add_contact(viewer, client_id=mia.pk, draft=again)
        ana = Contact.objects.get(client=mia, party_id=cast.people["ana"])
        change_contact(viewer, contact=ana, fields={"until": nov(10)})
        add_contact(viewer, client_id=mia.pk, draft=again)
        with pytest.raises(Conflict, match="a second time"):
            change_contact(viewer, contact=ana, fields={"until": None})
        assert [each.party.short_name for each in Contact.objects.filter(client=mia).on(nov(15))] == ["Ben"]
        assert Contact.objects.filter(client=mia).on(nov(20)).count() == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"starts_on": nov(3), "until": nov(2)}, "until"),
        ({"relationship": "friend"}, "relationship"),
        ({"party_id": None}, "party_id"),
    ],
)
def test_what_a_contact_cannot_be_is_told_beside_its_field(cast, fields, told):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        contact = Contact.objects.get(client=mia, party_id=cast.people["ana"])
        with pytest.raises(Invalid) as refused:
            change_contact(viewer, contact=contact, fields=fields)
        assert set(refused.value.problems) == {told}


def test_a_contact_of_a_known_person_of_nowhere_is_unknown(cast):
    from uuid import uuid4

    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        with pytest.raises(Unknown):
            add_contact(viewer, client_id=mia.pk, draft=ContactDraft(party_id=uuid4()))
        with pytest.raises(Unknown):
            add_contact(viewer, client_id=uuid4(), draft=ContactDraft(person=PARENTS["ana"]))


def test_portal_flags_are_each_parents_own(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        ana = Contact.objects.get(client=mia, party_id=cast.people["ana"])
        change_contact(viewer, contact=ana, fields={}, portal={"access": True, "messages": True})
        change_contact(viewer, contact=ana, fields={}, portal={"payments": True})
        grant = PortalGrant.objects.get()
        assert (grant.party_id, grant.access, grant.messages, grant.payments) == (ana.party_id, True, True, True)
        with pytest.raises(Invalid):
            change_contact(viewer, contact=ana, fields={}, portal={"everything": True})


@pytest.mark.parametrize(
    ("person", "told"),
    [
        (PersonDraft(), "last_name"),
        (PersonDraft(first_name="\x00 \x07"), "last_name"),
        (PersonDraft(first_name="x" * 201), "first_name"),
        (PersonDraft(first_name="A", date_of_birth=TODAY + timedelta(days=1)), "date_of_birth"),
        (PersonDraft(first_name="A", date_of_birth=nov(1).replace(year=1879)), "date_of_birth"),
        (PersonDraft(first_name="A", emails=(EmailDraft("nowhere"),)), "email"),
        (PersonDraft(first_name="A", emails=(EmailDraft("a@b.example", type="moon"),)), "email"),
        (PersonDraft(first_name="A", phones=(PhoneDraft("12"),)), "phone"),
        (PersonDraft(first_name="A", phones=(PhoneDraft("555-0100", permission="shout"),)), "phone"),
    ],
)
def test_what_a_person_cannot_be_is_told_beside_its_field(cast, person, told):
    with cast.as_("owner") as viewer:
        with pytest.raises(Invalid) as refused:
            add_client(viewer, draft=ClientDraft(type="adult", person=person))
        assert set(refused.value.problems) == {told}
        assert not Client.objects.exists()


def test_the_second_of_two_editors_is_told(cast):
    with cast.as_("owner") as viewer:
        ida = add_client(viewer, draft=minor())
        seen, person_seen = ida.version, ida.party.version
        change_client(viewer, client_id=ida.pk, status="inactive", version=seen)
        with pytest.raises(Conflict, match="Somebody else changed this"):
            change_client(viewer, client_id=ida.pk, status="archived", version=seen)
        draft = PersonDraft(first_name="Ida", last_name="Berg")
        change_person(viewer, party=ida.party, draft=draft, version=person_seen)
        with pytest.raises(Conflict):
            change_person(viewer, party=ida.party, draft=draft, version=person_seen)


def test_two_edit_at_the_same_moment_and_one_is_told(lasting_cast):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    with lasting_cast.as_("owner") as viewer:
        ida = add_client(viewer, draft=minor())

    def edit(status):
        try:
            with lasting_cast.as_("owner") as viewer:
                change_client(viewer, client_id=ida.pk, status=status, version=ida.version)
        except Conflict:
            return "told"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(edit, ["inactive", "archived"])) == ["done", "told"]


def test_a_client_a_clinician_enters_is_theirs(cast):
    with cast.as_("kim") as viewer:
        ida = add_client(viewer, draft=minor())
        assert Assignment.objects.get().member_id == cast.members["kim"]
        assert Client.objects.visible_to(viewer).get() == ida
    with cast.as_("basic") as viewer:
        assert not Client.objects.visible_to(viewer).exists()
        with pytest.raises(Forbidden):
            change_client(viewer, client_id=ida.pk, status="archived")


def test_a_biller_and_a_supervisor_enter_no_clients(cast):
    for name in ("biller", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            add_client(viewer, draft=minor())


def test_a_refused_entry_leaves_nothing_behind(cast):
    with cast.as_("owner") as viewer:
        twins = (ContactDraft(person=PARENTS["ana"]), ContactDraft(person=PARENTS["ben"], relationship="friend"))
        with pytest.raises(Invalid), transaction.atomic():
            add_client(viewer, draft=minor(contacts=twins))
        assert (Client.objects.count(), Party.objects.count(), Contact.objects.count()) == (0, 0, 0)

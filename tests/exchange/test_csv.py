"""CSV files of any program: who comes in, who is recognized, what is refused and why."""

from kinbook.audit.models import Entry
from kinbook.exchange.models import Held, Import
from kinbook.people.models import Client, Contact, Email, Party
from kinbook.whopays.queries.payers import responsible_on
from tests.cast import TODAY
from tests.exchange.bringing import FAMILIES, load, tally, told


def test_families_come_in_with_parents_that_siblings_share(cast):
    report = load(cast, FAMILIES)
    assert tally(report) == {"created": 3, "held": 1, "refused": 1}
    with cast.as_("owner"):
        nora, otto = (Client.objects.get(party__first_name=name) for name in ("Nora", "Otto"))
        assert (nora.type, otto.type) == ("minor", "minor")
        parents = {each.party_id for each in Contact.objects.filter(client=nora)}
        assert parents == {each.party_id for each in Contact.objects.filter(client=otto)}
        assert Party.objects.filter(last_name="Quist").count() == 4
        payers = responsible_on([nora.pk, otto.pk], TODAY)
        names = {client: Party.objects.get(pk=payer[0]).first_name for client, payer in payers.items()}
        assert names == {nora.pk: "Lena", otto.pk: "Tom"}


def test_each_row_tells_its_line_what_happens_and_why(cast):
    lines = told(load(cast, FAMILIES))
    assert lines[0][:3] == (
        2,
        "created",
        "New client, minor with Lena Quist (new), Tom Quist (new). Responsible for billing: Lena Quist.",
    )
    assert lines[3] == (5, "refused", "", [("Date of birth", "“02/30/2014” is not a date.")])
    assert lines[4][2] == "New client, adult. Pays themselves."


def test_the_same_file_twice_doubles_nobody(cast):
    load(cast, FAMILIES)
    with cast.as_("owner"):
        before = Party.objects.count(), Client.objects.count(), Contact.objects.count(), Held.objects.count()
    again = load(cast, FAMILIES)
    assert tally(again) == {"unchanged": 4, "refused": 1}
    with cast.as_("owner"):
        after = Party.objects.count(), Client.objects.count(), Contact.objects.count(), Held.objects.count()
        assert after == before


def test_a_later_file_adds_what_was_missing_and_overwrites_nothing(cast):
    load(cast, "First name,Last name,DOB,City\nPaul,Falk,05/06/1980,Albany\n")
    report = load(
        cast, "First name,Last name,DOB,Email,Street,City\nPaul,Falk,05/06/1980,p@falk.example,1 Elm St,Troy\n"
    )
    assert tally(report) == {"changed": 1}
    with cast.as_("owner"):
        paul = Party.objects.get(last_name="Falk")
        assert (paul.city, Email.objects.get(party=paul).address) == ("Albany", "p@falk.example")


def test_somebody_of_the_same_name_without_anything_else_in_common_is_another_person(cast):
    load(cast, "First name,Last name,DOB,Email\nPaul,Falk,05/06/1980,one@falk.example\n")
    report = load(cast, "First name,Last name,DOB,Email\nPaul,Falk,06/07/1991,two@falk.example\n")
    assert tally(report) == {"created": 1}
    assert "here already" in told(report)[0][3][0][1]


def test_the_deceased_come_in_archived(cast):
    load(cast, "First name,Last name,DOB,Date of death\nRuth,Gard,05/06/1945,02/03/2024\n")
    with cast.as_("owner"):
        assert Client.objects.get(party__last_name="Gard").status == "archived"


def test_two_responsible_contacts_leave_the_choice_to_people(cast):
    rows = (
        "First name,Last name,DOB,Contact 1 name,Contact 1 responsible,Contact 2 name,Contact 2 responsible\n"
        "Nora,Quist,03/14/2013,Lena Quist,yes,Tom Quist,yes\n"
    )
    report = load(cast, rows)
    assert told(report)[0][2].endswith("Needs a payer.")
    assert told(report)[0][3][0][0] == "Responsible for billing"
    with cast.as_("owner"):
        client = Client.objects.get(party__first_name="Nora")
        assert responsible_on([client.pk], TODAY).get(client.pk, []) == []


def test_a_row_a_contact_with_the_client_repeated_is_one_client(cast):
    rows = (
        "Client first name,Client last name,DOB,Contact name,Relationship\n"
        "Nora,Quist,03/14/2013,Lena Quist,Mother\n"
        "Nora,Quist,03/14/2013,Tom Quist,Father\n"
    )
    report = load(cast, rows)
    assert tally(report) == {"created": 1}
    assert report.steps[0].more_lines == (3,)
    with cast.as_("owner"):
        assert [each.relationship for each in Contact.objects.order_by("position")] == ["parent", "parent"]


def test_spanish_columns_semicolons_and_windows_letters_are_read(cast):
    rows = "Nombre;Apellidos;Fecha de nacimiento;Madre;Correo de la madre\nPeña;Muñoz;31/12/2014;Inés Muñoz;ines@mail.example\n"
    assert tally(load(cast, rows.encode("cp1252"))) == {"created": 1}
    with cast.as_("owner"):
        child = Client.objects.get().party
        assert (child.name, str(child.date_of_birth)) == ("Peña Muñoz", "2014-12-31")
        assert Contact.objects.get().party.name == "Inés Muñoz"


def test_a_broken_line_takes_no_other_with_it(cast):
    rows = 'First name,Last name,DOB\nPaul,Falk,05/06/1980\nRuth,"Gard,05/06/1985\nJon,Hart,05/06/1979\n'
    report = load(cast, rows)
    assert [(line, outcome) for line, outcome, *_ in told(report)] == [(2, "created"), (3, "refused"), (4, "created")]


def test_a_primary_clinician_is_known_by_name_and_a_stranger_is_left_out(cast):
    rows = "First name,Last name,DOB,Therapist\nPaul,Falk,05/06/1980,Dr June Kim\nRuth,Gard,05/06/1985,Dr Nobody\n"
    report = load(cast, rows)
    assert told(report)[1][3] == [("Primary clinician", "“Dr Nobody” is nobody on the team: left out.")]
    with cast.as_("kim") as viewer:
        assert [each.name for each in Client.objects.visible_to(viewer)] == ["Paul Falk"]


def test_every_client_and_the_file_have_an_audit_entry(cast):
    load(cast, FAMILIES)
    with cast.as_("owner"):
        assert Entry.objects.filter(action="client.added").count() == 3
        rows = Entry.objects.get(action="import.done").details["rows"]
        assert (rows["created"], rows["held"], rows["refused"]) == (3, 1, 1)
        assert Import.objects.get().state == "imported"

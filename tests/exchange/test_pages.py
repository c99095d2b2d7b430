"""Settings › Import & export: a file uploaded, its columns settled, shown row by row, imported."""  # noqa: RUF002

import pytest

from kinbook.audit.models import Entry
from kinbook.exchange.models import Import, ImportFile, ImportRow
from kinbook.people.models import Client
from kinbook.tenancy.fields import new_id
from tests.cast import ELSEWHERE, Cast
from tests.exchange.bringing import FAMILIES, GUESSED, SAID, counted, load, meaning, upload
from tests.scheduling.visitor import Visitor

CARD = "BEGIN:VCARD\nVERSION:3.0\nN:Aho;Sven;;;\nFN:Sven Aho\nTEL:555-0101\nEND:VCARD\n"


@pytest.fixture
def owner(cast):
    return Visitor(cast, "owner")


def brought(owner, content=FAMILIES, fields=GUESSED):
    """Upload a file and say what its columns mean; returns where its dry run is."""
    mapping = upload(owner, content)["Location"]
    return owner.post(mapping, meaning(fields, **SAID))["Location"]


def test_the_columns_are_guessed_and_shown_with_samples(owner):
    where = upload(owner, FAMILIES)["Location"]
    page = owner.get(where).content.decode()
    assert "Nora · Otto · Sven" in page
    assert [f'value="{field}" selected' in page for field in GUESSED] == [True] * len(GUESSED)


def test_nothing_is_entered_before_import_is_pressed(cast, owner):
    where = brought(owner)
    page = owner.get(where).content.decode()
    assert "Nothing is entered yet." in page
    assert "Responsible for billing: Lena Quist." in page
    with cast.as_("owner"):
        assert Client.objects.count() == 0
    assert owner.post(f"{where}run/").status_code == 302
    assert "3 new clients" in owner.get(where).content.decode()
    with cast.as_("owner"):
        assert Client.objects.count() == 3
        assert ImportFile.objects.count() == 0


def test_rows_are_filtered_by_what_becomes_of_them(owner):
    where = brought(owner)
    page = owner.get(f"{where}?outcome=refused").content.decode()
    assert "Ida Berg" in page
    assert "Nora Quist" not in page


def test_a_corrected_column_is_read_as_corrected_and_kept_for_the_next_file(owner):
    header = "Vorname,Surname of kid,DOB,Guardian of kid\n"
    where = upload(owner, f"{header}Nora,Quist,03/14/2013,Lena Quist\n")["Location"]
    fields = ["client.first_name", "client.last_name", "client.born", "contact1.name"]
    owner.post(owner.post(where, meaning(fields))["Location"] + "run/")
    page = owner.get(upload(owner, f"{header}Otto,Quist,07/22/2015,Lena Quist\n")["Location"]).content.decode()
    assert [f'value="{field}" selected' in page for field in fields] == [True] * 4


def test_a_mapping_without_a_name_is_refused_beside_the_columns(owner):
    where = upload(owner, FAMILIES)["Location"]
    response = owner.post(where, meaning(["client.born"]))
    assert response.status_code == 422
    assert "No column holds the name" in response.content.decode()


def test_two_columns_cannot_both_be_the_birthday(owner):
    where = upload(owner, FAMILIES)["Location"]
    response = owner.post(where, meaning(["client.id", "client.last_name", "client.born", "client.born"]))
    assert response.status_code == 422
    assert "Two columns mean this." in response.content.decode()


def test_a_file_is_read_again_with_another_separator(owner):
    where = upload(owner, "Name|Email\nPaul; Falk|p@falk.example\n")["Location"]
    again = owner.post(where, meaning([], delimiter=";", again="1"))
    page = owner.get(again["Location"]).content.decode()
    assert "Name|Email" in page


def test_dates_with_the_day_first_are_read_so_where_people_say_so(cast, owner):
    where = upload(owner, "First name,Last name,DOB\nPaul,Falk,05/06/1980\n")["Location"]
    fields = ["client.first_name", "client.last_name", "client.born"]
    owner.post(owner.post(where, meaning(fields, order="dmy"))["Location"] + "run/")
    with cast.as_("owner"):
        assert str(Client.objects.get().party.date_of_birth) == "1980-06-05"


def test_what_holds_in_every_row_is_said_once(cast, owner):
    where = upload(owner, "First name,Last name,DOB,Grown-up\nNora,Quist,03/14/2013,Lena Quist\n")["Location"]
    fields = ["client.first_name", "client.last_name", "client.born", "contact1.name"]
    said = {"contact1-relationship": "foster_parent", "contact1-responsible": "on", "contact1-legal_guardian": "on"}
    owner.post(owner.post(where, meaning(fields, **said))["Location"] + "run/")
    with cast.as_("owner"):
        link = Client.objects.get().contacts.get()
        assert (link.relationship, link.legal_guardian) == ("foster_parent", True)
        assert ImportRow.objects.get().told.endswith("Responsible for billing: Lena Quist.")


def test_an_address_book_goes_straight_to_what_will_happen(owner):
    where = upload(owner, CARD, "book.vcf")["Location"]
    assert "New contact" in owner.get(where).content.decode()


def test_an_imported_file_is_not_imported_again_by_a_second_press(cast, owner):
    where = brought(owner)
    owner.post(f"{where}run/")
    assert owner.post(f"{where}run/").status_code == 302
    with cast.as_("owner"):
        assert Client.objects.count() == 3
        assert Entry.objects.filter(action="import.done").count() == 1


def test_the_same_file_is_said_to_have_been_imported_before(cast, owner):
    load(cast, FAMILIES)
    page = owner.get(brought(owner)).content.decode()
    assert "The same file was imported on" in page
    assert "Importing adds 0 clients and 0 contacts" in page


def test_a_discarded_file_is_gone_and_nothing_of_it_came_in(cast, owner):
    where = brought(owner)
    assert owner.post(f"{where}discard/").status_code == 302
    assert owner.get(where).status_code == 404
    with cast.as_("owner"):
        assert (Client.objects.count(), ImportFile.objects.count(), ImportRow.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("what", ["", "columns/", "progress/", "to-mend/"])
def test_another_practices_file_is_not_there(cast, what):
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    where = brought(Visitor(elsewhere, "owner"))
    assert Visitor(cast, "owner").get(where + what).status_code == 404
    assert Visitor(cast, "owner").get(f"/settings/import/{new_id()}/{what}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("kim", 403), ("entire", 403), ("biller", 403), ("scheduler", 403)]
)
def test_only_owners_and_managers_import(cast, role, status):
    assert Visitor(cast, role).get("/settings/import/").status_code == status
    assert Visitor(cast, role).get("/settings/import/held/").status_code == status


def test_looking_at_a_file_leaves_an_audit_entry(cast, owner):
    owner.get(brought(owner))
    with cast.as_("owner"):
        assert Entry.objects.filter(action="import.viewed", subject_id=Import.objects.get().pk).count() == 1


def many(count):
    people = (f"{n},Kid {n},Quist,03/14/2013,Lena Quist,lena@mail.example,," for n in range(count))
    return "\n".join([FAMILIES.splitlines()[0], *people])


@pytest.mark.parametrize("address", ["/settings/import/", "{file}", "{file}columns/", "/settings/import/held/"])
def test_pages_ask_the_database_as_often_for_ten_rows_as_for_three_hundred(cast, owner, address):
    asked = []
    for count in (10, 300):
        where = brought(owner, many(count))
        load(cast, "".join(["First name,Last name,DOB\n", *(f"Kid {n}x,Aho,03/14/2013\n" for n in range(count))]))
        with counted() as said:
            assert owner.get(address.format(file=where)).status_code == 200
        asked.append(len(said))
    assert asked[0] == asked[1]
    assert asked[1] <= 12


def test_rows_are_shown_fifty_at_a_time(owner):
    where = brought(owner, many(60))
    first = owner.get(where).content.decode()
    following = first.split("?after=")[1].split('"')[0]
    second = owner.get(f"{where}?after={following}").content.decode()
    assert (first.count("New client"), second.count("New client")) == (50, 10)


def test_nonsense_in_the_address_shows_the_first_rows(owner):
    where = brought(owner)
    for query in ("?outcome=x", "?after=x~y", "?after=99999999999999~y", "?after=%00", "?outcome=%00"):
        assert "Nora Quist" in owner.get(where + query).content.decode()

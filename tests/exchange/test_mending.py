"""What did not come in is downloaded, mended and loaded again; nothing of it is lost, nothing doubled."""

import csv
import io
import json

from kinbook.exchange.models import Held
from kinbook.people.models import Client, Contact
from tests.exchange.bringing import FAMILIES, GUESSED, meaning, upload
from tests.scheduling.visitor import Visitor


def imported(owner, content, name="families.csv", fields=GUESSED):
    where = upload(owner, content, name)["Location"]
    if where.endswith("/columns/"):
        where = owner.post(where, meaning(fields))["Location"]
    owner.post(f"{where}run/")
    return where


def downloaded(owner, where):
    response = owner.get(f"{where}to-mend/")
    assert response.status_code == 200
    return response


def test_the_bad_rows_stand_as_they_were_with_line_and_reason_in_front(cast):
    owner = Visitor(cast, "owner")
    response = downloaded(owner, imported(owner, FAMILIES))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Line", "What is wrong", *FAMILIES.splitlines()[0].split(",")]
    assert rows[1][:5] == ["4", "A minor needs a contact: waits in the list to be completed.", "9", "Sven", "Aho"]
    assert rows[2][:2] == ["5", "Date of birth: “02/30/2014” is not a date."]
    assert 'filename="families to mend.csv"' in response["Content-Disposition"]


def test_mended_and_loaded_again_they_come_in_without_a_word_about_columns(cast):
    owner = Visitor(cast, "owner")
    bad = downloaded(owner, imported(owner, FAMILIES)).content.decode("utf-8-sig")
    mended = bad.replace("02/30/2014", "02/28/2014").replace("Sven,Aho,11/30/2012,", "Sven,Aho,11/30/2012,Aino Aho")
    where = upload(owner, mended, "mended.csv")["Location"]
    page = owner.get(where).content.decode()
    assert [f'value="{field}" selected' in page for field in GUESSED] == [True] * len(GUESSED)
    found = owner.post(where, meaning(["", "", *GUESSED]))["Location"]
    owner.post(f"{found}run/")
    with cast.as_("owner"):
        names = set(Client.objects.values_list("party__first_name", flat=True))
        assert names == {"Nora", "Otto", "Paul", "Sven", "Ida"}
        assert Held.objects.get().state == "completed"
        assert Contact.objects.filter(client__party__first_name="Ida").get().party.name == "Eva Berg"


def test_no_cell_of_a_download_is_a_formula_and_reading_takes_it_back(cast):
    owner = Visitor(cast, "owner")
    header, *_ = FAMILIES.splitlines()
    where = imported(owner, f"{header}\n=1+1,+Ida,-Berg,02/30/2014,@Eva,\tx,,\n")
    row = list(csv.reader(io.StringIO(downloaded(owner, where).content.decode("utf-8-sig"))))[1]
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)
    again = downloaded(owner, imported(owner, downloaded(owner, where).content, fields=["", "", *GUESSED]))
    assert list(csv.reader(io.StringIO(again.content.decode("utf-8-sig"))))[1][2:] == row[2:]


def test_bad_cards_are_given_out_as_cards(cast):
    owner = Visitor(cast, "owner")
    cards = "BEGIN:VCARD\nVERSION:3.0\nN:Aho;Sven;;;\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nEMAIL:x@mail.example\nEND:VCARD\n"
    bad = downloaded(owner, imported(owner, cards, "book.vcf")).content.decode()
    assert (bad.count("BEGIN:VCARD"), "EMAIL:x@mail.example" in bad, "Sven" in bad) == (1, True, False)
    mended = bad.replace("EMAIL:", "N:Falk;Paul;;;\r\nEMAIL:")
    where = imported(owner, mended, "mended.vcf")
    assert "Paul Falk" in owner.get(where).content.decode()


def test_bad_patients_are_given_out_as_a_bundle(cast):
    owner = Visitor(cast, "owner")
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-05-06"}
    where = imported(owner, json.dumps({"resourceType": "Bundle", "entry": [{"resource": patient}]}), "x.json")
    bundle = json.loads(downloaded(owner, where).content)
    assert bundle["entry"] == [{"resource": patient}]


def test_a_file_with_a_hostile_name_is_given_out_under_a_plain_one(cast):
    owner = Visitor(cast, "owner")
    where = imported(owner, FAMILIES, 'a"b; \u202e../x.csv')
    assert '"' not in downloaded(owner, where)["Content-Disposition"].split('filename="')[1].rstrip('"')

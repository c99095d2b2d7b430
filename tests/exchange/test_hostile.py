"""Files that are broken, enormous or meant to harm: told in a sentence, never an error of ours."""

import gzip
import io
import json
import zipfile

import pytest

from kinbook.exchange.reading import opening
from kinbook.people.models import Party
from tests.exchange.bringing import load, tally, told, upload
from tests.scheduling.visitor import Visitor


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 10_000_000)
    return held.getvalue()


UNREADABLE = {
    "empty": b"",
    "blanks": b" \r\n\t\n",
    "nul bytes": b"\x00" * 5000,
    "binary": bytes(range(256)) * 40,
    "zip bomb": zipped(),
    "gzip": gzip.compress(b"0" * 1_000_000),
    "pdf": b"%PDF-1.7\n...",
    "picture": b"\x89PNG\r\n\x1a\n....",
    "web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "broken json": b'{"resourceType": "Bundle", "entry": [',
    "deep json": b'{"resourceType":' + b"[" * 100_000,
    "other json": b'{"name": "nobody"}',
    "json without people": b'{"resourceType": "Observation", "id": "1"}',
    "ten thousand columns": ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1,2\n",
    "half a utf-16 letter": b"\xff\xfea\x00b",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_beside_the_field(cast, content):
    response = upload(Visitor(cast, "owner"), content, "file")
    assert response.status_code == 422
    assert 'id="id_file_error"' in response.content.decode()


def test_a_file_too_large_is_refused_before_it_is_read(cast, monkeypatch):
    monkeypatch.setattr("kinbook.exchange.forms.LARGEST_FILE", 1000)
    response = upload(Visitor(cast, "owner"), b"x" * 1001)
    assert response.status_code == 422
    assert "load it in parts" in response.content.decode()


def test_no_file_at_all_is_asked_for(cast):
    assert Visitor(cast, "owner").post("/settings/import/", {}).status_code == 422


READ_SOMEHOW = {
    "nothing but a header": "First name,Last name\n",
    "duplicated columns": "Name,Name,Email,Email\nPaul Falk,Paul Falk,a@b.example,c@d.example\n",
    "unnamed columns": ",,\nPaul,Falk,x\n",
    "quotes gone wild": 'Name,Email\n"Paul""" Falk",x\n"""",""\n"',
    "control signs": "Name,Email\nPa\x07ul\x1b[31m Falk,\x00a@b.example\n",
    "a line of a million signs": "Name,Email\n" + "x" * 1_000_000 + ",y\n",
    "one column": "Name\nPaul Falk\nRuth Gard\n",
    "no line ends": "Name,Email",
    "carriage returns": "Name,Email\rPaul Falk,p@falk.example\r",
    "right to left": "Name\n\u202egnikcaH\n",
    "a script": "Name\n<script>alert(1)</script>\n",
    "impossible days": "Name,DOB\nPaul Falk,99/99/9999\nRuth Gard,00/00/0000\nJon Hart,1e9\nIda Berg,12/31/9999\n",
    "emoji": "Name\n👩‍👧 Quist\n",
    "huge numbers": "ID,Name\n" + "9" * 5000 + ",Paul Falk\n",
}


@pytest.mark.parametrize("content", READ_SOMEHOW.values(), ids=READ_SOMEHOW)
def test_odd_files_lead_through_all_pages(cast, content):
    owner = Visitor(cast, "owner")
    response = upload(owner, content)
    assert response.status_code in {302, 422}
    if response.status_code == 302:
        where = response["Location"]
        page = owner.get(where)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        sent = owner.post(where, {"field-0": "client.name", "as": "clients", "has_header": "yes"})
        assert sent.status_code in {302, 422}
        if sent.status_code == 302:
            shown = owner.get(sent["Location"]).content.decode()
            assert "<script>alert" not in shown
            assert owner.post(sent["Location"] + "run/").status_code in {302, 409}  # a large one is still looked at


def test_nonsense_sent_to_the_mapping_page_is_no_error_of_ours(cast):
    owner = Visitor(cast, "owner")
    where = upload(owner, "Name,Email\nPaul Falk,p@falk.example\n")["Location"]
    for values in (
        {"field-0": "client.nonsense"},
        {"field-0": "contact99.name", "order": "ymd", "delimiter": "\x00"},
        {"field-0": "client.name", "delimiter": "\n", "again": "1", "has_header": "maybe"},
        {"field-0": "client.name", "contact1-relationship": "<b>", "as": "robots"},
    ):
        assert owner.post(where, values).status_code in {302, 422}


def test_a_card_of_ten_thousand_folded_lines_is_read(cast):
    note = "NOTE:" + "\n ".join(["x" * 60] * 10_000)
    card = f"BEGIN:VCARD\nVERSION:3.0\nN:Aho;Sven;;;\n{note}\nEND:VCARD\n"
    assert tally(load(cast, card, name="x.vcf")) == {"created": 1}


def test_a_name_far_too_long_is_refused_with_its_reason(cast):
    report = load(cast, "First name,Last name\n" + "x" * 5000 + ",Falk\n")
    assert told(report)[0][1] == "refused"


def test_an_enormous_bundle_of_other_things_costs_nothing(cast):
    others = [{"resource": {"resourceType": "Observation", "id": str(n), "note": "x" * 100}} for n in range(20_000)]
    patient = {"resource": {"resourceType": "Patient", "name": [{"text": "Paul Falk"}], "birthDate": "1980-05-06"}}
    content = json.dumps({"resourceType": "Bundle", "entry": [*others, patient]})
    assert tally(load(cast, content, name="x.json")) == {"created": 1}


def test_related_to_themselves_nobody_becomes_their_own_contact(cast):
    card = "BEGIN:VCARD\nVERSION:4.0\nUID:a\nN:Aho;Sven;;;\nRELATED;TYPE=parent:a\nBDAY:20120304\nEND:VCARD\n"
    load(cast, card, name="x.vcf", as_clients=True)
    with cast.as_("owner"):
        assert Party.objects.count() == 0  # a minor without a contact waits


def test_only_the_first_lines_of_a_large_file_are_looked_at_for_its_columns():
    content = b"Name,Email\n" + b"Paul Falk,p@falk.example\n" * 50_000
    head = opening.head_of(content)
    assert len(head) <= opening.HEAD
    assert head.endswith(b"p@falk.example")
    wide = content.decode().encode("utf-16-le")
    assert opening.head_of(wide).decode("utf-16-le").endswith("p@falk.example")

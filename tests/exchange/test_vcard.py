"""Address books: vCard 2.1, 3.0 and 4.0, as programs write them."""

import pytest

from kinbook.people.models import Client, Contact, Email, Party, Phone
from tests.exchange.bringing import load, tally, told

OLD = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Mu=F1oz;In=E9s;;;\r\n"
    b"TEL;CELL;PREF:555-0171\r\nTEL;WORK;FAX:555-0172\r\n"
    b"ADR;HOME;ENCODING=QUOTED-PRINTABLE:;;12 Elm=\r\n Street;Albany;NY;12207;USA\r\n"
    b"PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/4AAQSkZJRgABAQ\r\n AAAQABAAD\r\n\r\nEND:VCARD\r\n"
)
FOLDED = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Aho;Sven;;;\nFN:Sven Aho\nEMAIL;TYPE=INTERNET:sven.a\n ho@mail.exam\n ple\n"
    "item1.TEL:+1 212 555 0173\nitem1.X-ABLabel:_$!<Mobile>!$_\nBDAY:1980-05-06\nEND:VCARD\n"
)
NEW = """\
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
N:Quist;Nora;;;
FN:Nora Quist
BDAY:20130314
RELATED;TYPE=parent:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af
RELATED;TYPE=parent;VALUE=text:Tom Quist
END:VCARD
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af
N:Quist;Lena;;;
FN:Lena Quist
EMAIL;PREF=1:lena@mail.example
END:VCARD
"""


def test_old_cards_bring_accents_numbers_and_an_address(cast):
    assert tally(load(cast, OLD, name="old.vcf")) == {"created": 1}
    with cast.as_("owner"):
        ines = Party.objects.get()
        assert (ines.name, ines.city, ines.postal_code) == ("Inés Muñoz", "Albany", "12207")
        assert ines.street.replace(" ", "") == "12ElmStreet"
        fax = Phone.objects.get(digits__endswith="5550172")
        assert fax.permission == "none"


def test_folded_lines_are_joined(cast):
    load(cast, FOLDED, name="folded.vcf")
    with cast.as_("owner"):
        sven = Party.objects.get()
        assert Email.objects.get(party=sven).address == "sven.aho@mail.example"
        assert str(sven.date_of_birth) == "1980-05-06"


def test_an_address_book_brings_contacts_and_no_clients_unless_asked(cast):
    load(cast, FOLDED, name="folded.vcf")
    with cast.as_("owner"):
        assert (Party.objects.count(), Client.objects.count()) == (1, 0)
    load(cast, FOLDED, name="folded.vcf", as_clients=True)
    with cast.as_("owner"):
        assert (Party.objects.count(), Client.objects.count()) == (1, 1)


def test_related_cards_become_contacts_of_the_child(cast):
    report = load(cast, NEW, name="new.vcf", as_clients=True)
    with cast.as_("owner"):
        nora = Client.objects.get()
        names = {each.party.name: each.relationship for each in Contact.objects.filter(client=nora)}
        assert names == {"Lena Quist": "parent", "Tom Quist": "parent"}
        assert Email.objects.get(party__first_name="Lena").address == "lena@mail.example"
    assert tally(load(cast, NEW, name="new.vcf", as_clients=True)) == {"unchanged": len(report.steps)}


def test_a_card_without_a_name_and_a_list_of_people_are_refused_with_their_lines(cast):
    cards = (
        "BEGIN:VCARD\nVERSION:3.0\nEMAIL:x@mail.example\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Everybody\nEND:VCARD\n"
    )
    assert [each[:2] for each in told(load(cast, cards, name="x.vcf"))] == [(1, "refused"), (5, "refused")]


def test_a_card_that_never_ends_is_still_read(cast):
    assert tally(load(cast, FOLDED.replace("END:VCARD\n", ""), name="x.vcf")) == {"created": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_whole_files_in_other_encodings_are_read(cast, encoding):
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Łuć;Zoë;;;\r\nFN:Zoë Łuć\r\nEND:VCARD\r\n"
    load(cast, text.encode(encoding), name="x.vcf")
    with cast.as_("owner"):
        assert Party.objects.get().name == "Zoë Łuć"

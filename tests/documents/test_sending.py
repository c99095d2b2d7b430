"""Documents are sent as links: the mail says nothing of them, the link opens one paper and ends, opening is noted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinbook.documents.commands.send import send_document
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.models import Opening, PaperLink, Release, Sending
from kinbook.invitations.models import Guest
from kinbook.mail.models import Letter
from kinbook.people.commands.clean import EmailDraft
from kinbook.people.commands.parties import set_emails
from kinbook.people.models import Party
from kinbook.people.queries.mailbox import own_address, own_addresses
from kinbook.tenancy.refused import Forbidden, Invalid
from tests.cast import nov
from tests.documents.reading import words_in
from tests.money import invoiced, split
from tests.portal.conftest import ALL, allow
from tests.scheduling.visitor import Visitor

NOVEMBER = {"since": nov(1), "through": nov(30)}


def made(cast, viewer, name="ana"):
    return create_statement(viewer, payer_id=cast.people[name], client_id=cast.clients["mia"], **NOVEMBER)


def path_in(letter):
    (link,) = letter.links
    return "/" + link.split("/", 3)[3]


def sent(cast, name="ana", now=None):
    """Have a statement sent; returns it with the path of the link in its letter."""
    with cast.as_("owner", now or datetime.now(UTC)) as viewer:
        invoiced(cast, viewer, 2)
        document = made(cast, viewer, name)
        return document, path_in(send_document(viewer, document=document, message="Thank you.").letter)


def test_the_mail_names_no_child_service_or_amount_and_carries_no_paper(cast):
    with cast.as_("owner") as viewer:
        split(cast, viewer, 2)
        letter = send_document(viewer, document=made(cast, viewer, "ben"), message="Thank you.").letter
    assert letter.to == "ben@workshop.example"
    assert letter.invoice_id is None
    assert "Thank you." in letter.body
    secret = letter.links[0].rstrip("/").rpartition("/")[2]  # drawn at random: any two signs may stand in it
    for unsaid in ("Mia", "session", "48", "Ana", "120"):
        assert unsaid not in letter.subject + letter.body.replace(secret, "")


def test_the_link_shows_a_button_and_the_button_opens_the_paper(cast):
    document, path = sent(cast)
    assert path.startswith("/portal/paper/")
    anybody = Client()
    page = anybody.get(path)
    assert page.status_code == 200
    assert "Open the document" in page.content.decode()
    assert "Mia" not in page.content.decode()
    with cast.as_("owner"):
        assert not Opening.objects.exists(), "mail scanners look at every link"
    paper = anybody.post(path)
    assert paper["Content-Type"] == "application/pdf"
    assert "Closing balance $120.00" in words_in(paper.content)
    with cast.as_("owner"):
        assert Opening.objects.get().way == "link"
    shown = Visitor(cast, "biller").get(f"/billing/documents/{document.pk}/").content.decode()
    assert "by the link in the mail" in shown
    assert "ana.ortiz@mail.example" in shown


def test_a_link_ends_after_thirty_days_and_a_guess_opens_nothing(cast):
    _, path = sent(cast, now=datetime.now(UTC) - timedelta(days=31))
    for each in (path, "/portal/paper/guess/", f"{path[:-2]}x/"):
        assert Client().get(each).status_code == 410
        assert Client().post(each).status_code == 410
    with cast.as_("owner"):
        assert not Opening.objects.exists()
    secret = path.rstrip("/").rpartition("/")[2]
    assert secret.encode() not in bytes(PaperLink.objects.get().hash)


def test_who_has_the_portal_is_led_there_and_signs_in(cast):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        invoiced(cast, viewer, 2)
        allow(viewer, cast.clients["mia"], cast.people["ana"], ALL)
        document = made(cast, viewer)
        letter = send_document(viewer, document=document).letter
    assert path_in(letter) == f"/portal/documents/{document.pk}/"
    assert not PaperLink.objects.exists()
    answer = Client().get(path_in(letter))
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_it_is_written_in_the_payers_language(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        Guest.objects.create(practice_id=cast.practice_id, party_id=cast.people["ana"], language="es")
        letter = send_document(viewer, document=made(cast, viewer)).letter
    assert "tiene un documento para usted" in letter.body
    assert "Estado de cuenta" in letter.body


def test_without_a_mailbox_of_their_own_nothing_is_sent(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        for name in ("ana", "ben"):
            set_emails(viewer, Party.objects.get(pk=cast.people[name]), [EmailDraft("family@mail.example")])
        with pytest.raises(Invalid) as refused:
            send_document(viewer, document=made(cast, viewer))
        assert "payer" in refused.value.problems
        with pytest.raises(Invalid):
            send_document(viewer, document=made(cast, viewer), message="x" * 2001)
        assert not Letter.objects.exists()
        assert not Release.objects.exists()
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        send_document(viewer, document=made(cast, viewer))


def test_addresses_of_many_are_those_of_each(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer, parents=("ana", "ben", "cy"))
        both = list(cast.people.values())
        for emails in (["ana@a.example", "shared@a.example"], ["SHARED@a.example", "ana@a.example", "b@a.example"]):
            set_emails(viewer, Party.objects.get(pk=cast.people["ana"]), [EmailDraft(each) for each in emails])
            set_emails(viewer, Party.objects.get(pk=cast.people["ben"]), [EmailDraft("Shared@a.example")])
            found = own_addresses(both)
            assert {each: found.get(each, "") for each in both} == {each: own_address(each) for each in both}


def test_it_is_sent_from_its_page_and_what_became_of_it_is_shown(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        document = made(cast, viewer)
    sam = Visitor(cast, "biller")
    url = f"/billing/documents/{document.pk}/"
    assert "ana.ortiz@mail.example" in sam.dialog(f"{url}send/").content.decode()
    assert sam.send(f"{url}send/", {"message": "x" * 2001}).status_code == 422
    assert sam.send(f"{url}send/", {"message": "Hello"}).status_code == 204
    with cast.as_("owner"):
        assert Sending.objects.count() == 1
        Letter.objects.update(state="failed", problem="The mail server did not take it.")
    assert "The mail server did not take it." in sam.get(url).content.decode()

"""The letterhead: a logo is drawn anew, papers that were made keep theirs, and Spanish papers have their own footer."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from kinbook.documents.commands.statements import create_statement
from kinbook.documents.models import Document
from kinbook.documents.render import document_pdf, paper_of
from kinbook.invitations.models import Guest
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import invoice_pdf
from kinbook.papers.commands import set_letterhead
from kinbook.papers.models import Letterhead
from kinbook.practice.commands import change_practice
from kinbook.tenancy.refused import Forbidden, Invalid
from tests.cast import nov
from tests.documents.reading import words
from tests.money import invoiced
from tests.scheduling.visitor import Visitor

NOVEMBER = {"since": nov(1), "through": nov(30)}


def picture(kind="PNG", size=(300, 90), **more):
    made = io.BytesIO()
    Image.new("RGB", size, "#2f5d50").save(made, kind, **more)
    return made.getvalue()


def images(paper):
    return [image for page in PdfReader(io.BytesIO(paper)).pages for image in page.images]


def test_a_logo_stands_on_invoices_and_documents(cast):
    with cast.as_("biller") as viewer:
        (invoice,) = invoiced_by(cast)
        set_letterhead(viewer, colour="#2F5D50", logo=picture())
        made = create_statement(viewer, payer_id=cast.people["ana"], **NOVEMBER)
        papers = [document_pdf(made), invoice_pdf(invoice_page(viewer, invoice.pk))]
    assert all(len(images(paper)) == 1 for paper in papers)
    assert paper_of(made)["colour"] == "#2f5d50"


def invoiced_by(cast):
    from kinbook.team.queries import rule_viewer
    from tests.cast import NOW

    return invoiced(cast, rule_viewer(cast.practice_id, now=NOW), 2)


def test_a_document_keeps_the_letterhead_it_was_made_with(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        set_letterhead(viewer, colour="#2f5d50", logo=picture())
        made = create_statement(viewer, payer_id=cast.people["ana"], **NOVEMBER)
        set_letterhead(viewer, colour="#000000", without_logo=True)
        later = create_statement(viewer, payer_id=cast.people["ana"], **NOVEMBER)
        assert len(images(document_pdf(Document.objects.get(pk=made.pk)))) == 1
        assert images(document_pdf(later)) == []


def test_what_is_kept_is_drawn_anew_and_small(cast):
    secret = picture("JPEG", (4000, 800), exif=b"Exif\x00\x00" + Image.Exif().tobytes() + b"home address")
    with cast.as_("owner") as viewer:
        made = set_letterhead(viewer, colour="#000000", logo=secret)
    kept = bytes(Letterhead.objects.model(logo=made.logo).logo)
    assert b"home address" not in kept
    with Image.open(io.BytesIO(kept)) as drawn:
        assert drawn.format == "PNG"
        assert drawn.size == (900, 180)


@pytest.mark.parametrize(
    "content", [b"<svg onload=alert(1)>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", b"x" * 3_000_001]
)
def test_what_is_no_picture_is_refused(cast, content):
    with cast.as_("owner") as viewer, pytest.raises(Invalid) as refused:
        set_letterhead(viewer, colour="#000000", logo=content)
    assert "logo" in refused.value.problems


@pytest.mark.parametrize("colour", ["", "red", "#ffffff", "#e0d0a0", "#12345", "#zzzzzz"])
def test_a_color_is_one_that_can_be_read(cast, colour):
    with cast.as_("owner") as viewer, pytest.raises(Invalid) as refused:
        set_letterhead(viewer, colour=colour)
    assert "colour" in refused.value.problems


def test_a_spanish_paper_has_the_spanish_footer(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2)
        change_practice(viewer, fields={"invoice_footer": "Thank you"})
        set_letterhead(viewer, colour="#000000", footer_es="Muchas gracias")
        assert "Thank you" in words(create_statement(viewer, payer_id=cast.people["ana"], **NOVEMBER))
        Guest.objects.create(practice_id=cast.practice_id, party_id=cast.people["ana"], language="es")
        text = words(create_statement(viewer, payer_id=cast.people["ana"], **NOVEMBER))
    assert "Muchas gracias" in text
    assert "Thank you" not in text


def test_it_is_set_on_its_page_by_who_may(cast):
    sam = Visitor(cast, "biller")
    url = "/settings/client-billing/letterhead/"
    assert url in sam.get("/settings/client-billing/").content.decode()
    logo = SimpleUploadedFile("logo.png", picture(), "image/png")
    assert sam.post(url, {"colour": "#2f5d50", "logo": logo}).status_code == 302
    assert "Take the logo off" in sam.get(url).content.decode()
    assert sam.post(url, {"colour": "#ffffff"}).status_code == 422
    bad = SimpleUploadedFile("logo.png", b"no picture", "image/png")
    assert sam.post(url, {"colour": "#2f5d50", "logo": bad}).status_code == 422
    assert sam.get(f"{url}sample/").content.startswith(b"%PDF-")
    with cast.as_("kim") as viewer, pytest.raises(Forbidden):
        set_letterhead(viewer, colour="#000000")

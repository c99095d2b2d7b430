"""Files with messages: what they are is seen in them; pictures lose their place; what grows without measure is refused."""

import io
import zipfile

import pytest
from PIL import Image

from kinbook.messaging.commands.files import LARGEST, Brought, clean_file, clean_files
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.models import Attachment
from kinbook.messaging.queries.thread import attachment_for
from kinbook.tenancy.refused import Invalid

PLACE = 0x8825


def picture(kind="JPEG", mode="RGB", size=(40, 30), **more):
    made = io.BytesIO()
    Image.new(mode, size, 1).save(made, kind, **more)
    return made.getvalue()


def with_place():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    exif.get_ifd(PLACE)[2] = (43.0, 4.0, 12.0)
    return picture(exif=exif)


def packed(names, content=b"x"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


WORD = ["[Content_Types].xml", "word/document.xml"]
TAKEN = {
    "letter.pdf": (b"%PDF-1.7\n%%EOF", "letter.pdf", "application/pdf"),
    "photo.JPG": (picture(), "photo.JPG", "image/jpeg"),
    "photo.png": (picture("PNG", "P"), "photo.png", "image/png"),
    "photo.gif": (picture("GIF"), "photo.gif", "image/gif"),
    "report.docx": (packed(WORD), "report.docx", None),
    "notes.txt": ("Größe".encode(), "notes.txt", "text/plain"),
    "table.csv": (b"a,b\n1,2\n", "table.csv", "text/plain"),
    "page.html": (b"<script>alert(1)</script>", "page.txt", "text/plain"),
    "really.png": (picture(), "really.jpg", "image/jpeg"),
    "../../etc/passwd": (b"root", "passwd", "text/plain"),
    "a\u202egnp.exe.txt": (b"x", "a_gnp.exe.txt", "text/plain"),
}
REFUSED = {
    "program.pdf": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 100,
    "program": b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 100,
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "archive.zip": packed(["a.txt", "b.txt"]),
    "with_program.docx": packed([*WORD, "word/vbaProject.bin"]),
    "broken.docx": packed(WORD)[:-30],
    "bomb.docx": packed([f"word/{n}" for n in range(21)] + WORD, b"\x00" * 10_000_000),
    "broken.png": picture("PNG")[:60],
    "large.png": picture("PNG", "1", (9000, 9000)),
    "empty.txt": b"",
    "picture.svg": b"\x1f\x8b\x08\x00" + b"\x00" * 30,
    "large.txt": b"x" * (LARGEST + 1),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_called_what_it_is(name):
    content, kept, kind = TAKEN[name]
    clean = clean_file(Brought(name, content))
    assert clean.name == kept
    assert kind is None or clean.type == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_refused_in_words(name):
    with pytest.raises(Invalid) as refused:
        clean_file(Brought(name, REFUSED[name]))
    assert refused.value.problems["attachments"].endswith(".")


def test_a_picture_loses_where_and_with_what_it_was_taken():
    before = with_place()
    assert b"Camera of Ana" in before
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(PLACE)
    after = clean_file(Brought("home.jpg", before)).content
    assert b"Camera of Ana" not in after
    shown = Image.open(io.BytesIO(after))
    assert shown.size == (40, 30)
    assert not dict(shown.getexif())


def test_at_most_ten_go_with_a_message():
    with pytest.raises(Invalid):
        clean_files([Brought("a.txt", b"a")] * 11)


def test_a_file_is_fetched_by_who_reads_the_message_and_by_its_secret(family):
    talk = family.talk("ana")
    family.say("kim", talk, "", attachments=[Brought("plan.txt", b"Friday")])
    with family.as_("ana") as viewer:
        (file,) = Attachment.objects.all()
        assert bytes(attachment_for(viewer, file.pk, file.secret).content) == b"Friday"
        assert attachment_for(viewer, file.pk, "guessed") is None
    with family.as_("ben") as viewer:
        assert attachment_for(viewer, file.pk, file.secret) is None
    with family.as_("scheduler") as viewer:
        assert attachment_for(viewer, file.pk, file.secret) is None


def test_nothing_is_sent_with_a_file_that_is_refused(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer, pytest.raises(Invalid):
        send_message(
            viewer, conversation_id=talk.pk, body="Look", attachments=[Brought("x.zip", REFUSED["archive.zip"])]
        )
    with family.as_("kim"):
        talk.refresh_from_db()
        assert talk.last_number == 0

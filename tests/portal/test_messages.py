"""Messages in the portal: read, written with files, begun; each parent apart, a teen in confidence."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kinbook.messaging.commands.send import retract_message, send_message
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.models import Conversation, Message, Participant, Seen
from tests.portal.conftest import allow
from tests.portal.guest import words_of

LIST, NEW = "/portal/messages/", "/portal/messages/new/"


@pytest.fixture
def talks(cast, family):
    """Dr Kim has written to Ana, to Ben, and to Mia in confidence."""
    made = {}
    with cast.as_("kim", datetime.now(UTC)) as viewer:
        for name, words, private in (("ana", "Plum", False), ("ben", "Quince", False), ("mia", "Secret pear", True)):
            draft = TalkDraft(family.mia, (cast.people[name],), about=f"For {name}", confidential=private)
            made[name] = start_conversation(viewer, draft=draft).pk
            send_message(viewer, conversation_id=made[name], body=f"{words} <b>bold</b>")
    return SimpleNamespace(**made)


def entered(browser, url):
    """Return what a form holds before anything is typed."""
    html = browser.get(url).content.decode()
    return dict(re.findall(r'name="(\w+_id)" value="([^"]+)"', html))


def test_new_messages_are_counted_shown_and_then_read(cast, guest, talks):
    ana = guest("ana")
    assert "1 new message" in ana.read("/portal/")
    told = ana.read(LIST)
    assert "For ana" in told
    assert "1 new" in told
    shown = ana.get(f"{LIST}{talks.ana}/").content.decode()
    assert "Plum &lt;b&gt;bold" in shown
    assert "1 new" not in ana.read(LIST)
    with cast.as_("owner"):
        assert Seen.objects.filter(party_id=cast.people["ana"]).count() == 1
        assert Participant.objects.get(conversation_id=talks.ana, party_id=cast.people["ana"]).read_number == 1


@pytest.mark.parametrize(
    ("name", "own", "others"),
    [("ana", "Plum", ("Quince", "pear", "ben", "mia")), ("ben", "Quince", ("Plum", "pear", "For ana"))],
)
def test_each_reads_their_own_conversations_alone(guest, talks, name, own, others):
    browser = guest(name)
    told = browser.read(LIST) + browser.read(f"{LIST}{getattr(talks, name)}/")
    assert own in told
    assert not [word for word in others if f"For {word}" in told or word in told.split()]
    for other in {"ana", "ben", "mia"} - {name}:
        assert browser.get(f"{LIST}{getattr(talks, other)}/").status_code == 404
        assert browser.post(f"{LIST}{getattr(talks, other)}/", {"body": "x"}).status_code in {404, 422}


def test_an_answer_with_a_file_is_one_message_however_often_it_is_sent(cast, guest, talks):
    ana, url = guest("ana"), f"{LIST}{talks.ana}/"
    held = entered(ana, url)
    for _ in range(2):
        letter = SimpleUploadedFile("letter.txt", b"Dear Dr Kim")
        assert ana.post(url, {**held, "body": "See the letter", "attachments": letter}).status_code == 302
    with cast.as_("owner"):
        said = Message.objects.get(conversation_id=talks.ana, author_party_id=cast.people["ana"])
        assert said.body == "See the letter"
    link = re.search(r'href="(/portal/messages/files/[^"]+)"', ana.get(url).content.decode())[1]
    answer = ana.get(link)
    assert (answer.content, answer["Content-Disposition"]) == (b"Dear Dr Kim", 'attachment; filename="letter.txt"')
    assert guest("ben").get(link).status_code == 404
    assert guest("mia").get(link).status_code == 404


def test_what_cannot_be_sent_is_told_beside_the_field_and_kept(guest, talks):
    ana, url = guest("ana"), f"{LIST}{talks.ana}/"
    held = entered(ana, url)
    empty = ana.post(url, {**held, "body": " "})
    assert empty.status_code == 422
    assert "Write something first" in words_of(empty)
    program = SimpleUploadedFile("run.exe", b"MZ\x00\x01\x02\x03")
    refused = ana.post(url, {**held, "body": "Look at this", "attachments": program})
    assert refused.status_code == 422
    assert "could not be taken" in words_of(refused)
    assert "Look at this" in words_of(refused)


def test_what_was_taken_back_is_not_read_any_more(cast, guest, talks):
    with cast.as_("kim", datetime.now(UTC)) as viewer:
        retract_message(viewer, message_id=Message.objects.get(conversation_id=talks.ana).pk)
    told = guest("ana").read(f"{LIST}{talks.ana}/")
    assert "taken back" in told
    assert "Plum" not in told


def test_a_parent_begins_a_conversation_with_its_first_message(cast, guest, family):
    ana = guest("ana")
    fields = {**entered(ana, NEW), "client": str(family.leo), "kind": "scheduling", "about": "Friday", "body": "Late?"}
    response = ana.post(NEW, fields)
    assert response.status_code == 302
    assert "Late?" in ana.read(response["Location"])
    with cast.as_("owner"):
        talk = Conversation.objects.get()
        assert (talk.client_id, talk.kind, talk.confidential) == (family.leo, "scheduling", False)
    assert ana.post(NEW, fields)["Location"] == response["Location"]
    with cast.as_("owner"):
        assert Message.objects.count() == 1


def test_an_empty_first_message_begins_nothing(cast, guest, family):
    ana = guest("ana")
    response = ana.post(NEW, {**entered(ana, NEW), "client": str(family.leo), "kind": "clinical", "body": ""})
    assert response.status_code == 422
    with cast.as_("owner"):
        assert not Conversation.objects.exists()


def test_a_teen_writes_in_confidence_and_of_no_money(cast, guest, family):
    mia = guest("mia")
    form = words_of(mia.get(NEW))
    assert "Only for me and my therapist" in form
    assert "About billing" not in form
    assert "Only for me" not in words_of(guest("ana").get(NEW))
    fields = {**entered(mia, NEW), "client": str(family.mia), "kind": "clinical", "body": "Hi", "confidential": "on"}
    assert mia.post(NEW, fields).status_code == 302
    assert mia.post(NEW, {**fields, "kind": "billing"}).status_code == 422
    with cast.as_("owner") as viewer:
        talk = Conversation.objects.get()
        assert talk.confidential
        assert not Conversation.objects.visible_to(viewer).exists()
    assert "Hi" not in guest("ana").read(LIST)


def test_somebody_elses_child_is_no_choice(guest, family):
    mia = guest("mia")
    response = mia.post(NEW, {**entered(mia, NEW), "client": str(family.leo), "kind": "clinical", "body": "x"})
    assert response.status_code == 422


def test_without_the_flag_there_are_no_messages(cast, guest, family, talks):
    with cast.as_("owner") as viewer:
        for child in (family.mia, family.leo):
            allow(viewer, child, cast.people["ana"], {"messages": False})
    ana = guest("ana")
    assert "Messages" not in ana.read("/portal/")
    for url in (LIST, NEW, f"{LIST}{talks.ana}/"):
        assert ana.get(url).status_code == 404


def test_who_views_as_somebody_reads_no_conversation(cast, family, talks):
    from tests.scheduling.visitor import Visitor

    owner = Visitor(cast, "owner")
    owner.post(f"/clients/{family.mia}/edit/portal/{cast.people['mia']}/view/")
    assert "Messages" not in words_of(owner.get("/portal/"))
    for url in (LIST, NEW, f"{LIST}{talks.mia}/"):
        assert owner.get(url).status_code == 404
    with cast.as_("owner"):
        assert not Seen.objects.exists()


def test_a_place_in_the_list_that_never_was_is_the_beginning(guest, talks):
    for after in ("x_y", "2026-13-01_x", "_"):
        assert "For ana" in guest("ana").read(f"{LIST}?after={after}")


def test_more_than_ninety_nine_new_ones_are_told_as_that(cast, guest, talks):
    with cast.as_("kim", datetime.now(UTC)) as viewer:
        Message.objects.bulk_create(
            Message(
                practice_id=viewer.practice_id,
                conversation_id=talks.ana,
                client_id=cast.clients["mia"],
                author_member_id=viewer.id,
                author_name="Dr June Kim",
                body="Word",
                sent_at=viewer.now,
            )
            for _ in range(120)
        )
    home = guest("ana").get("/portal/").content.decode()
    assert "99+ new messages" in home
    assert ">99+</em>" in home
    assert "99+ new" in guest("ana").read(LIST)
    assert "99+ mensajes nuevos" in words_of(guest("ana").get("/portal/", headers={"Accept-Language": "es"}))

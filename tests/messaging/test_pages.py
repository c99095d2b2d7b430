"""The pages of messages: what they say, that nothing written is lost, and that nothing in it is obeyed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kinbook.access.models import RoleGrant
from kinbook.invitations.models import Guest
from kinbook.messaging.models import Conversation, Draft, FamilyFact, Message, Template
from kinbook.messaging.queries.talks import unread_count
from kinbook.people.models import Client
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from tests.cast import NOW
from tests.scheduling.visitor import Visitor

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def kim(family):
    return Visitor(family.cast, "kim")


@pytest.fixture
def talk(family):
    return family.talk("ana", said=[("ana", f"Hello {SCRIPT}")], about="Thursday")


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def unread_of(family, name):
    with family.as_(name) as viewer:
        return unread_count(viewer)


def test_the_list_and_the_conversation(family, kim, talk):
    assert "Ana Ortiz" in page(kim.get("/messages/"))
    assert unread_of(family, "kim") == 1
    shown = page(kim.get(f"/messages/{talk.pk}/"))
    assert "Who can read this" in shown
    assert "Helen Marsh" in shown
    assert SCRIPT not in shown
    assert "&lt;script&gt;" in shown
    assert unread_of(family, "kim") == 0


def test_sending_by_the_page_and_again(family, kim, talk):
    own = str(new_id())
    for _ in range(2):
        shown = page(kim.send(f"/messages/{talk.pk}/send/", {"body": "Hi Ana", "message_id": own}))
        assert "Hi Ana" in shown
    with family.as_("kim"):
        assert Message.objects.filter(body="Hi Ana").count() == 1


def test_what_is_refused_stays_as_it_was_typed(family, kim, talk):
    answer = kim.send(f"/messages/{talk.pk}/send/", {"body": "x" * 10_001})
    assert answer.status_code == 422
    assert "at most 10,000 characters" in answer.content.decode()
    assert "x" * 10_001 in answer.content.decode()


def test_a_draft_keeps_itself(family, kim, talk):
    assert kim.send(f"/messages/{talk.pk}/draft/", {"body": "Half a thought"}).status_code == 204
    assert "Half a thought" in page(kim.get(f"/messages/{talk.pk}/"))


def test_a_file_is_brought_and_refused_beside(kim, talk):
    url = f"/messages/{talk.pk}/files/"
    assert "plan.txt" in page(kim.post(url, {"file": SimpleUploadedFile("plan.txt", b"Friday")}))
    answer = kim.post(url, {"file": SimpleUploadedFile("x.zip", b"PK\x03\x04nothing")})
    assert answer.status_code == 422
    assert "plan.txt" in answer.content.decode()


def test_a_gigabyte_is_refused_before_it_is_read(kim, talk):
    answer = kim.post(f"/messages/{talk.pk}/files/", {}, CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413


def test_a_conversation_is_begun_with_its_first_message(family, kim):
    assert "no messages in the portal" in page(kim.dialog(f"/messages/new/?client={family.leo.pk}"))
    assert "Mia" in page(kim.dialog("/messages/new/clients/?search=mi"))
    ana, ben = str(family.people["ana"]), str(family.people["ben"])
    form = {"client_id": str(family.mia.pk), "kind": "clinical", "body": "Hello"}
    refused = kim.send("/messages/new/", {**form, "to": [ana, ben]})
    assert refused.status_code == 422
    assert "not recorded that Ana Ortiz and Ben Ortiz" in refused.content.decode()
    own = {"conversation_id": str(new_id()), "message_id": str(new_id())}
    for _ in range(2):
        assert kim.send("/messages/new/", {**form, **own, "to": [ana]}).status_code == 204
    with family.as_("kim"):
        assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_later_and_back(family, kim, talk):
    url = f"/messages/{talk.pk}/later/"
    assert kim.send(url, {"body": "Tomorrow", "send_at": "nonsense"}).status_code == 422
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert "To be sent" in page(kim.send(url, {"body": "Tomorrow", "send_at": tomorrow}))
    with family.as_("kim"):
        draft = Draft.objects.get()
    assert kim.send(f"/messages/later/{draft.pk}/undo/").status_code == 204
    assert "Tomorrow" in page(kim.get(f"/messages/{talk.pk}/"))


def test_a_message_is_taken_back(family, kim, talk):
    said = family.say("kim", talk, "Wrong")
    assert "stays in the record" in page(kim.dialog(f"/messages/said/{said.pk}/retract/"))
    assert kim.send(f"/messages/said/{said.pk}/retract/", {"reason": "Oops"}).status_code == 204
    assert "Retracted" in page(kim.get(f"/messages/{talk.pk}/"))


def test_the_transcript_tells_who_reads_it(family, kim, talk):
    shown = page(kim.get(f"/clients/{family.mia.pk}/messages/"))
    for words in ("Who can read this page", "Helen Marsh", "owner", "Export PDF", "Hello"):
        assert words in shown
    assert "Nothing fits" in page(kim.get(f"/clients/{family.mia.pk}/messages/?search=nothing&from=x&to=2026-99-99"))
    assert kim.get(f"/clients/{family.mia.pk}/messages/pdf/")["Content-Disposition"].startswith("attachment")


def test_the_switches_and_what_was_settled(family, kim):
    url = f"/clients/{family.mia.pk}/edit/messages/"
    form = {"one": str(family.people["ana"]), "other": str(family.people["ben"]), "fact": "apart", "note": "Order"}
    assert kim.post(f"{url}facts/", {**form, "other": form["one"]}).status_code == 422
    assert kim.post(f"{url}facts/", form).status_code == 302
    assert "Keep apart" in page(kim.get(url))
    with family.as_("kim"):
        fact = FamilyFact.objects.get()
    assert kim.post(f"{url}facts/{fact.pk}/end/").status_code == 302
    assert kim.post(url, {}).status_code == 302
    with family.as_("kim"):
        assert not Client.objects.get(pk=family.mia.pk).messages


def test_settings_and_templates(family):
    owner = Visitor(family.cast, "owner")
    assert owner.post("/settings/messages/", {"notice_minutes": "0"}).status_code == 422
    assert owner.post("/settings/messages/", {"notice_minutes": "30"}).status_code == 302
    with family.as_("owner"):
        practice = Practice.objects.get(pk=family.cast.practice_id)
        assert (practice.messages_on, practice.notice_minutes) == (False, 30)
    assert owner.send("/settings/messages/templates/new/", {"name": "Late", "body": "Late"}).status_code == 204
    assert owner.send("/settings/messages/templates/new/", {"name": "Late", "body": "Late"}).status_code == 422
    with family.as_("owner"):
        row = Template.objects.get()
    assert "Late" in page(owner.get("/messages/templates/"))
    assert owner.send(f"/settings/messages/templates/{row.pk}/remove/").status_code == 204
    assert "switched off" in page(owner.get("/messages/"))


def test_out_of_office(family, kim):
    form = {"starts_on": "2126-11-18", "last_on": "2126-11-17", "words": "Away", "emergency": "Call 911"}
    assert kim.send("/messages/away/", form).status_code == 422
    assert kim.send("/messages/away/", {**form, "last_on": "2126-11-30"}).status_code == 204
    assert "I am back" in page(kim.get("/messages/"))
    assert kim.send("/messages/away/end/").status_code == 204


def test_a_role_taken_away_while_the_page_is_open_sends_nothing(family, kim, talk):
    assert page(kim.get(f"/messages/{talk.pk}/"))
    with family.as_("owner"):
        held = RoleGrant.objects.filter(member_id=family.cast.members["kim"])
        held.update(role="scheduler", starts_on=NOW.date() - timedelta(days=400))
    assert kim.send(f"/messages/{talk.pk}/send/", {"body": "Still here?"}).status_code == 404
    with family.as_("owner"):
        assert not Message.objects.filter(body="Still here?").exists()
        assert not Draft.objects.exists()


@pytest.mark.parametrize("who", ["scheduler", "biller"])
def test_who_may_not_know_of_it_finds_nothing(family, talk, who):
    visitor = Visitor(family.cast, who)
    assert visitor.get(f"/messages/{talk.pk}/").status_code == 404
    assert "Hello" not in page(visitor.get("/messages/?search=hello"))
    assert "Hello" not in page(visitor.get(f"/clients/{family.mia.pk}/messages/"))


def test_writing_in_confidence_warns_until_the_teen_has_come_in(family, kim):
    talk = family.talk("mia", confidential=True)
    assert "has not signed in to the portal yet" in page(kim.get(f"/messages/{talk.pk}/"))
    assert "has not signed in to the portal yet" in page(kim.get(f"/messages/new/?client={family.mia.pk}"))
    with family.as_("owner") as viewer:
        Guest.objects.create(practice_id=viewer.practice_id, party_id=family.people["mia"], signed_in_at=viewer.now)
    assert "has not signed in" not in page(kim.get(f"/messages/{talk.pk}/"))


@pytest.mark.parametrize("after", ["x_y", "2026-13-01_x", "_", "2026-11-18T15:00:00+00:00_no-id", "\x00_\x00"])
def test_a_place_in_the_list_that_never_was_is_the_beginning(kim, talk, after):
    assert "Ana Ortiz" in page(kim.get("/messages/", {"after": after}))

"""What is being written to begin a conversation keeps itself, for its writer alone, until it is sent or discarded."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.access.models import Assignment
from kinbook.audit.models import Entry
from kinbook.messaging.commands.beginnings import save_new_draft
from kinbook.messaging.commands.start import TalkDraft
from kinbook.messaging.models import Conversation, Message, NewDraft
from kinbook.team.commands.clients import assign_clinicians
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict
from tests.api.caller import Caller, is_problem
from tests.scheduling.visitor import Visitor

NEW, KEEP = "/messages/new/", "/messages/new/draft/"


@pytest.fixture
def kim(family):
    return Visitor(family.cast, "kim")


def opened(visitor, client):
    return visitor.get(f"{NEW}?client={client.pk}").content.decode()


def ids_in(html):
    return dict(re.findall(r'name="(\w+_id)" value="([^"]+)"', html))


def keep(visitor, family, body="Half a thought", client=None, **more):
    client = client or family.mia
    held = ids_in(opened(visitor, client))
    form = {**held, "to": str(family.people["ana"]), "kind": "billing", "about": "Fees", "body": body, **more}
    return visitor.send(KEEP, form), form


def test_it_is_found_again_as_it_was_left(family, kim):
    answer, form = keep(kim, family, confidential="on")
    assert answer.status_code == 204
    assert "About Mia Ortiz" in kim.get(NEW).content.decode()
    html = opened(kim, family.mia)
    assert all(words in html for words in ("Half a thought", 'value="Fees"', "Discard"))
    assert re.search(rf'value="{family.people["ana"]}" checked', html)
    assert re.search(r'<option value="billing" selected', html)
    assert re.search(r'name="confidential"[^>]*checked', html)
    assert ids_in(html)["conversation_id"] == form["conversation_id"]


def test_each_client_has_one_and_each_member_their_own(family, kim):
    keep(kim, family)
    keep(kim, family, "Another thought")
    keep(kim, family, "About Leo", client=family.leo)
    assert "Half a thought" not in opened(Visitor(family.cast, "owner"), family.mia)
    assert "Not sent yet" not in Visitor(family.cast, "owner").get(NEW).content.decode()
    with family.as_("kim"):
        assert set(NewDraft.objects.values_list("body", flat=True)) == {"Another thought", "About Leo"}
        assert Entry.objects.filter(action="draft.kept").count() == 2


def test_sent_it_is_gone_and_a_late_keeping_does_not_bring_it_back(family, kim):
    _, form = keep(kim, family)
    for _ in range(2):
        assert kim.send(NEW, form).status_code == 204
    assert kim.send(KEEP, {**form, "body": "Half a thought, late"}).status_code == 204
    with family.as_("kim"):
        assert not NewDraft.objects.exists()
        assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_emptied_or_discarded_it_is_gone(family, kim):
    keep(kim, family)
    keep(kim, family, "", about="")
    with family.as_("kim"):
        assert not NewDraft.objects.exists()
    keep(kim, family)
    for _ in range(2):
        assert kim.send(f"{KEEP}{family.mia.pk}/discard/").status_code == 204
    with family.as_("kim"):
        assert not NewDraft.objects.exists()
        assert Entry.objects.filter(action="draft.discarded").count() == 1


def test_what_cannot_be_kept_is_told(family, kim):
    assert keep(kim, family, "x" * 10_001)[0].status_code == 422
    assert keep(kim, family, about="x" * 121)[0].status_code == 422
    assert keep(kim, family, kind="gossip")[0].status_code == 422
    assert kim.send(KEEP, {"client_id": "x", "conversation_id": "y"}).status_code == 404
    # whom it is to is looked at when it is sent
    assert keep(kim, family, to="nobody")[0].status_code == 204


def test_the_same_id_in_somebody_elses_window_takes_nothing(family, kim):
    _, form = keep(kim, family)
    with family.as_("owner") as viewer:
        draft = TalkDraft(family.mia.pk)
        with pytest.raises(Conflict):
            save_new_draft(viewer, draft=draft, body="Mine", draft_id=form["conversation_id"])
    assert "Half a thought" in opened(kim, family.mia)


def test_of_a_client_who_is_theirs_no_more_nothing_is_offered(family):
    basic = Visitor(family.cast, "basic")
    with family.as_("owner") as viewer:
        assign_clinicians(
            viewer,
            client_id=family.mia.pk,
            primary_id=family.cast.members["kim"],
            shared_ids=[family.cast.members["basic"]],
        )
    keep(basic, family)
    assert "Not sent yet" in basic.get(NEW).content.decode()
    with family.as_("owner"):
        Assignment.objects.filter(member_id=family.cast.members["basic"]).delete()
    assert "Not sent yet" not in basic.get(NEW).content.decode()
    assert opened_status(basic, family.mia) == 404


def opened_status(visitor, client):
    return visitor.get(f"{NEW}?client={client.pk}").status_code


def test_the_page_asks_as_often_with_many_drafts(family, kim, django_assert_num_queries):
    keep(kim, family)
    kim.get(NEW)
    with CaptureQueriesContext(connection) as one:
        kim.get(NEW)
    few = len(one)
    keep(kim, family, client=family.leo)
    with django_assert_num_queries(few):
        kim.get(NEW)


def test_programs_keep_list_and_discard_drafts(family):
    kim, owner = Caller(family.cast, "kim"), Caller(family.cast, "owner")
    talk = family.talk("ana", said=[("ana", "Hello")])
    path, begin = f"/conversations/{talk.pk}/draft", f"/clients/{family.mia.pk}/draft"
    assert kim.get("/drafts")["items"] == []
    assert kim.put(path, {"body": "Half"})["conversation_id"] == str(talk.pk)
    assert kim.put(path, {"body": "Half a thought"})["body"] == "Half a thought"
    people = [str(family.people["ana"]), str(family.cast.members["entire"])]
    made = kim.put(begin, {"body": "To begin", "participants": people, "about": "Fees"})
    assert (made["conversation_id"], set(made["participants"])) == (None, set(people))
    assert [each["body"] for each in kim.get("/drafts")["items"]] == ["To begin", "Half a thought"]
    assert owner.get("/drafts")["items"] == []
    for where in (path, begin):
        assert is_problem(kim.put(where, {"body": " "}, status=422), 422, "body")
        kim.delete(where)
    assert kim.get("/drafts")["items"] == []
    kim.put(path, {"body": "Sent"})
    kim.post(f"/conversations/{talk.pk}/messages", {"body": "Sent", "with_draft": True}, status=201)
    assert kim.get("/drafts")["items"] == []
    owner.put(path, {"body": "Not in it"}, status=403)
    kim.put(f"/clients/{new_id()}/draft", {"body": "x"}, status=404)


def test_programs_read_and_change_templates(family):
    owner, kim = Caller(family.cast, "owner"), Caller(family.cast, "kim")
    made = owner.post("/message-templates", {"name": "Welcome", "body": "Hello"}, status=201)
    assert kim.get("/message-templates")["items"] == [made]
    kim.post("/message-templates", {"name": "Mine", "body": "Hi"}, status=403)
    path = f"/message-templates/{made['id']}"
    tag = owner("GET", path, status=200)["ETag"]
    changed = owner.patch(path, {"body": "Hello again"}, If_Match=tag)
    assert (changed["name"], changed["body"]) == ("Welcome", "Hello again")
    owner.patch(path, {"name": "Late"}, status=412, If_Match=tag)
    assert is_problem(owner.post("/message-templates", {"name": "Welcome", "body": "x"}, status=422), 422, "name")
    kim.delete(path, status=403)
    owner.delete(path)
    owner.get(path, 404)

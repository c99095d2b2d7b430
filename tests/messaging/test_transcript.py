"""A client's transcript: all of it in one order, narrowed, exported, and verified."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from kinbook.audit.models import Entry
from kinbook.cli import main
from kinbook.messaging.commands.exporting import export_json, export_pdf
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.reading import note_seen
from kinbook.messaging.commands.send import retract_message
from kinbook.messaging.models import Message
from kinbook.messaging.queries.readers import readers_of
from kinbook.messaging.queries.transcript import AT_ONCE, TranscriptFilters, people_in, transcript_page
from kinbook.rules.transcript import verify
from tests.cast import NOW, later

ALL = TranscriptFilters()


@pytest.fixture
def story(family):
    """Ana and Ben each with Dr Kim, billing with Ana, over three days."""
    ana, ben = family.talk("ana"), family.talk("ben")
    billing = family.talk("ana", by="biller", kind="billing")
    family.say("ana", ana, "Could Mia come on Friday?", now=later(0))
    family.say("ben", ben, "I bring Mia on Friday", now=later(1))
    family.say("kim", ana, "Noted", now=later(2), attachments=[Brought("Plan.txt", b"Friday")])
    family.say("biller", billing, "Your invoice", now=later(2) + timedelta(hours=1))
    return family


def bodies(viewer, family, filters=ALL, **where):
    return [each.said.body for each in transcript_page(viewer, family.mia.pk, filters, **where).lines]


def test_every_conversation_stands_in_one_order(story):
    with story.as_("owner") as viewer:
        assert bodies(viewer, story) == ["Could Mia come on Friday?", "I bring Mia on Friday", "Noted", "Your invoice"]
    with story.as_("biller") as viewer:
        assert bodies(viewer, story) == ["Your invoice"]


def test_it_is_narrowed_by_person_kind_date_and_words(story):
    with story.as_("owner") as viewer:
        ben = story.people["ben"]
        assert bodies(viewer, story, TranscriptFilters(participant_id=ben)) == ["I bring Mia on Friday"]
        assert bodies(viewer, story, TranscriptFilters(kind="billing")) == ["Your invoice"]
        second = date(2026, 11, 19)
        assert bodies(viewer, story, TranscriptFilters(since=second, through=second)) == ["I bring Mia on Friday"]
        assert bodies(viewer, story, TranscriptFilters(search="frid mi")) == [
            "Could Mia come on Friday?",
            "I bring Mia on Friday",
        ]
        assert bodies(viewer, story, on=date(2026, 11, 20)) == ["Noted", "Your invoice"]
        assert [name for _, name in people_in(viewer, story.mia.pk)][:2] == ["Ana Ortiz", "Ben Ortiz"]


def test_a_long_one_is_read_page_by_page(family):
    talk = family.talk("ana")
    with family.as_("kim") as viewer:
        from kinbook.messaging.commands.send import send_message

        for number in range(AT_ONCE * 2 + 5):
            send_message(viewer, conversation_id=talk.pk, body=str(number))
        seen, place = [], ""
        while True:
            page = transcript_page(viewer, family.mia.pk, ALL, before=place)
            seen = [each.said.body for each in page.lines] + seen
            place = page.earlier
            if not place:
                break
        assert seen == [str(number) for number in range(AT_ONCE * 2 + 5)]


def test_what_is_confidential_is_in_the_transcript_of_who_may_read_it(story):
    story.talk("mia", confidential=True, said=[("mia", "planted secret")])
    with story.as_("kim") as viewer:
        assert "planted secret" in bodies(viewer, story)
    for who in ("owner", "entire", "biller"):
        with story.as_(who) as viewer:
            assert "planted secret" not in bodies(viewer, story)
            assert b"planted secret" not in export_json(viewer, client_id=story.mia.pk, filters=ALL).content


def test_who_in_the_team_reads_it_is_told_by_name(story):
    with story.as_("kim") as viewer:
        told = [(each.name, each.why) for each in readers_of(viewer, story.mia.pk)]
        assert told == [
            ("Dr June Kim", "clinician"),
            ("Eli Novak", "clinician, entire practice"),
            ("Helen Marsh", "owner"),
            ("Maya Stone", "practice manager"),
        ]
        assert [each.name for each in readers_of(viewer, story.mia.pk, confidential=True)] == ["Dr June Kim"]
        assert "Sam Doyle" in {each.name for each in readers_of(viewer, story.mia.pk, "billing")}


@pytest.fixture
def exported(story, tmp_path):
    with story.as_("kim") as viewer:
        note_seen(viewer, Message.objects.values_list("pk", flat=True))
        retract_message(viewer, message_id=Message.objects.get(body="Noted").pk, reason="Wrong day")
        made = export_json(viewer, client_id=story.mia.pk, filters=ALL)
    path = tmp_path / made.name
    path.write_bytes(made.content)
    return path


def run(path, *more):
    return CliRunner().invoke(main, ["transcript", "verify", str(path), *more])


def test_an_export_tells_who_could_read_and_who_did_and_verifies(story, exported):
    found = run(exported)
    assert found.exit_code == 0, found.output
    assert "All 5 messages" in found.output
    told = json.loads(exported.read_text())
    first = told["messages"][0]
    assert first["could_read"][:2] == ["Ana Ortiz", "Dr June Kim"]
    assert [each["name"] for each in first["read_by"]] == ["Dr June Kim"]
    assert [each["name"] for each in told["messages"][2]["files"]] == ["Plan.txt"]
    with story.as_("owner"):
        entry = Entry.objects.get(action="transcript.exported")
        assert entry.details["seal"] == told["seal"]


CHANGES = {
    "a word": lambda told: told["messages"][1].update(body="I bring Mia on Monday"),
    "a name": lambda told: told["messages"][1]["author"].update(name="Somebody"),
    "a time": lambda told: told["messages"][1].update(sent_at="2026-11-19T15:00:01+00:00"),
    "who read it": lambda told: told["messages"][0]["read_by"].clear(),
    "a message less": lambda told: told["messages"].pop(1),
    "the last one less": lambda told: told["messages"].pop(),
    "another order": lambda told: told["messages"].reverse(),
    "a file's name": lambda told: told["messages"][2]["files"][0].update(name="Other.txt"),
    "a digest": lambda told: told["messages"][2].update(digest="0" * 64),
    "the client": lambda told: told["client"].update(name="Somebody"),
    "no messages": lambda told: told.pop("messages"),
    "a number for a message": lambda told: told["messages"].append(5),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_changed_is_told(exported, change):
    told = json.loads(exported.read_text())
    CHANGES[change](told)
    exported.write_text(json.dumps(told))
    found = run(exported)
    assert found.exit_code == 1
    assert "NOT as it was exported" in found.output
    assert json.loads(run(exported, "--json").output)["ok"] is False


def test_the_one_that_was_changed_is_named(exported):
    told = json.loads(exported.read_text())
    changed = told["messages"][1]
    changed["body"] = "Another"
    verdict = verify(json.dumps(told))
    assert {each.message for each in verdict.broken} == {changed["id"]}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\x00\xff", b"[" * 100_000])
def test_what_is_no_transcript_is_told(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert run(path).exit_code == 1


def test_the_paper_is_tagged_and_holds_every_message(story):
    with story.as_("kim") as viewer:
        made = export_pdf(viewer, client_id=story.mia.pk, filters=ALL)
    assert made.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made.content


@pytest.mark.parametrize("how", ["archived", "removed", "moved"])
def test_the_record_stays_whole(story, how):
    from kinbook.people.commands.clients import change_client
    from kinbook.people.models import Contact
    from kinbook.team.commands.clients import assign_clinicians

    with story.as_("owner", later(3)) as viewer:
        before = bodies(viewer, story)
        if how == "archived":
            change_client(viewer, client_id=story.mia.pk, status="archived")
        elif how == "removed":
            Contact.objects.filter(client=story.mia, party_id=story.people["ana"]).update(until=NOW.date())
        else:
            story.cast.now = later(3)
            assign_clinicians(viewer, client_id=story.mia.pk, primary_id=story.cast.members["entire"], shared_ids=[])
        assert bodies(viewer, story) == before

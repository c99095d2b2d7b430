"""Whatever is written, in whatever order: each reads what was for them, by every way there is, and nothing else."""

import random

import pytest

from kinbook.messaging.commands.send import retract_message
from kinbook.messaging.models import Message
from kinbook.messaging.queries.search import found
from kinbook.messaging.queries.talks import Filters, talk_list
from kinbook.messaging.queries.thread import talk_page
from kinbook.messaging.queries.transcript import TranscriptFilters, transcript_page

CIRCLES = {
    "of ana": (("ana",), {}, {"ana", "kim"}, "record"),
    "of ben": (("ben",), {}, {"ben", "kim"}, "record"),
    "of mia": (("mia",), {"confidential": True}, {"mia", "kim"}, "confidential"),
    "of mia and ana": (("mia", "ana"), {}, {"mia", "ana", "kim"}, "record"),
    "of billing": (("ana",), {"kind": "billing"}, {"ana", "kim"}, "billing"),
    "of the team": (("owner",), {}, {"owner", "kim"}, "record"),
}
RECORD = {"owner", "manager", "entire", "kim"}
READS = {
    "record": RECORD,
    "billing": RECORD | {"biller"},
    "confidential": {"kim"},
}
WAYS = ("ana", "ben", "mia", "owner", "manager", "entire", "kim", "biller", "scheduler", "basic", "fulllist")


def read_by(family, who):
    """Return every word somebody comes by: list, conversations, search, transcript, and the table itself."""
    with family.as_(who) as viewer:
        rows = talk_list(viewer, Filters()).rows
        words = [each.last_words for each in rows]
        for row in rows:
            words += [each.body for each in talk_page(viewer, row.id).messages]
        words += [each.body for each in found(viewer, "planted")]
        words += [row.last_words for row in talk_list(viewer, Filters(search="planted")).rows]
        lines = transcript_page(viewer, family.mia.pk, TranscriptFilters()).lines
        words += [each.said.body for each in lines]
        if who in family.people:
            words += Message.objects.values_list("body", flat=True)
    return {each for each in words if each.startswith("planted")}


@pytest.mark.parametrize("seed", range(4))
def test_nobody_reads_what_was_not_for_them(family, seed):
    chance = random.Random(seed)  # noqa: S311 - the same story every time
    talks, said = {}, {}
    for step in range(14):
        circle = chance.choice(list(CIRCLES))
        others, more, inside, _ = CIRCLES[circle]
        if circle not in talks or chance.random() < 0.15:
            talks[circle] = family.talk(*others, **more)
        writer = chance.choice(sorted(inside))
        words = f"planted {circle} {step}"
        message = family.say(writer, talks[circle], words)
        said[words] = circle
        if chance.random() < 0.2:
            with family.as_(writer) as viewer:
                retract_message(viewer, message_id=message.pk)
    for who in WAYS:
        readable = {words for words, circle in said.items() if who in CIRCLES[circle][2] | READS[CIRCLES[circle][3]]}
        assert read_by(family, who) <= readable, who
        if who in RECORD | {"biller"}:
            assert read_by(family, who) == readable, who

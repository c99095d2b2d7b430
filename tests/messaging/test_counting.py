"""New messages are counted to 99, exactly; of more only that there are more, at the same cost however many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.messaging.models import Message
from kinbook.messaging.queries.news import news
from kinbook.messaging.queries.talks import Filters, spoken_count, talk_list, unread_count
from tests.api.caller import Caller
from tests.scheduling.visitor import Visitor


def flood(family, talk, count):
    """Let Ana say very much at once."""
    with family.as_("ana") as viewer:
        Message.objects.bulk_create(
            Message(
                practice_id=viewer.practice_id,
                conversation=talk,
                client_id=talk.client_id,
                author_party_id=viewer.id,
                author_name="Ana Ortiz",
                body=f"Word {number}",
                sent_at=viewer.now,
            )
            for number in range(count)
        )


@pytest.mark.parametrize(
    ("count", "told", "mark"), [(98, 98, "98"), (99, 99, "99"), (100, 100, "99+"), (130, 100, "99+")]
)
def test_the_count_is_exact_to_ninety_nine_everywhere(family, count, told, mark):
    talk = family.talk("ana")
    flood(family, talk, count)
    with family.as_("kim") as viewer:
        assert unread_count(viewer) == told
        assert news(viewer, since="").unread == told
        (row,) = talk_list(viewer, Filters()).rows
        assert (row.unread, row.spoken_unread, spoken_count(told)) == (told, mark, mark)
    page = Visitor(family.cast, "kim").get("/messages/").content.decode()
    assert f'<span class="count">{mark}<span' in page
    shown = Caller(family.cast, "kim").get(f"/conversations/{talk.pk}")
    assert (shown["unread"], shown["messages"]) == (told, count)


def test_retracted_and_own_ones_are_never_counted(family):
    family.talk("ana", said=[("ana", "One"), ("kim", "Mine")])
    with family.as_("kim") as viewer:
        assert unread_count(viewer) == 1
        assert talk_list(viewer, Filters()).rows[0].unread == 1


def test_no_more_than_a_hundred_are_looked_for(family):
    family.talk("ana", said=[("ana", "One")])
    with family.as_("kim") as viewer, CaptureQueriesContext(connection) as asked:
        unread_count(viewer)
        talk_list(viewer, Filters())
    assert sum("LIMIT 100" in each["sql"] for each in asked) == 2

"""Jobs of messages: what follows a message, letters about unread ones, and what was written to be sent later."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kinbook.jobs.app import CLASH, app
from kinbook.messaging.commands.drafts import note_problem, send_draft
from kinbook.messaging.commands.following import answer_for_absent, tell_unread, wait_for_readers
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Forbidden, Refused


@app.task(name="messaging.after_message", retry=CLASH)
def after_message(practice_id: str, message_id: str) -> None:
    """Answer for who is away, and look again later whether the message was read."""
    with acting_for(UUID(practice_id), None, now=datetime.now(UTC)) as viewer:
        answer_for_absent(viewer, message_id=UUID(message_id))
        wait_for_readers(viewer, message_id=UUID(message_id))


@app.task(name="messaging.tell_unread", retry=CLASH)
def tell_of_unread(practice_id: str, conversation_id: str) -> None:
    """Write to whoever has not read a conversation, once until they have."""
    now = datetime.now(UTC)
    with acting_for(UUID(practice_id), None, now=now) as viewer:
        tell_unread(viewer, conversation_id=UUID(conversation_id))


@app.task(name="messaging.send_later", retry=CLASH)
def send_later(practice_id: str, member_id: str, draft_id: str) -> None:
    """Send what a member wrote to be sent now, with the rights they have now; what is refused stays with them."""
    practice, draft, now = UUID(practice_id), UUID(draft_id), datetime.now(UTC)
    try:
        with acting_for(practice, UUID(member_id), now=now) as viewer:
            send_draft(viewer, draft_id=draft)
    except Refused as refused:
        sentence = "Your access ended before it was sent." if isinstance(refused, Forbidden) else refused.sentence
        with acting_for(practice, None, now=now) as viewer:
            note_problem(viewer, draft_id=draft, sentence=sentence)

"""transcript_export: every record of a practice is exported as JSON, and each file is verified by itself."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from bench.figures import Figure, show
from bench.messages import team
from kinbook.config import environment


def main() -> None:
    """Export and verify them all, the longest among them."""
    environment.set_up_django()
    from kinbook.messaging.commands.exporting import export_json
    from kinbook.messaging.models import Conversation
    from kinbook.messaging.queries.transcript import TranscriptFilters
    from kinbook.rules.transcript import verify
    from kinbook.team.queries import acting_for

    practice, owner, _ = team()
    with acting_for(practice, owner, now=datetime.now(UTC)) as viewer:
        clients = list(Conversation.objects.visible_to(viewer).values_list("client_id", flat=True).distinct())
    messages, longest, spent, size = 0, 0.0, 0.0, 0
    for client_id in clients:
        started = time.perf_counter()
        with acting_for(practice, owner, now=datetime.now(UTC)) as viewer:
            made = export_json(viewer, client_id=client_id, filters=TranscriptFilters())
        found = verify(made.content.decode())
        taken = time.perf_counter() - started
        if not found.ok:
            sys.exit(f"A transcript does not fit: {found.broken[0]}")
        messages, spent, longest, size = (
            messages + found.messages,
            spent + taken,
            max(longest, taken),
            size + len(made.content),
        )
    more = {"records": len(clients), "messages": messages, "longest_s": round(longest, 1), "MB": round(size / 1e6, 1)}
    show(Figure("transcript_export", messages / spent, "messages/s", more=more))


if __name__ == "__main__":
    main()

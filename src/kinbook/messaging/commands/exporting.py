"""Exporting a transcript: the file leaves the practice, so the log keeps who took what, and its seal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.messaging.commands.reading import note_seen
from kinbook.messaging.queries.readers import readers_of
from kinbook.messaging.queries.transcript import whole_transcript
from kinbook.messaging.render import file_name, transcript_json, transcript_pdf
from kinbook.people.queries import client_for
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.messaging.queries.readers import Reader
    from kinbook.messaging.queries.transcript import Kept, TranscriptFilters
    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be kept; its seal stands in the log, too."""

    name: str
    content: bytes
    seal: str


@transaction.atomic
def export_json(viewer: Viewer, *, client_id: UUID, filters: TranscriptFilters) -> Export:
    """Return a client's transcript as a file whose messages can be verified."""
    client = client_for(viewer, client_id, Action.MESSAGES_SEE)
    require(viewer, Action.MESSAGES_SEE, client.pk)
    kept = whole_transcript(viewer, client.pk, filters)
    made = transcript_json(viewer, client, kept, _readers(viewer, client, kept), filters)
    note_seen(viewer, [each.said.pk for each in kept])
    record(viewer, "transcript.exported", client, client_id=client.pk, **_told("json", kept, made["seal"], filters))
    content = json.dumps(made, ensure_ascii=False, indent=1).encode()
    return Export(file_name(client, "json"), content, made["seal"])


@transaction.atomic
def export_pdf(viewer: Viewer, *, client_id: UUID, filters: TranscriptFilters) -> Export:
    """Return a client's transcript as a tagged PDF; it bears the seal of the same as JSON."""
    client = client_for(viewer, client_id, Action.MESSAGES_SEE)
    require(viewer, Action.MESSAGES_SEE, client.pk)
    kept = whole_transcript(viewer, client.pk, filters)
    readers = _readers(viewer, client, kept)
    seal = transcript_json(viewer, client, kept, readers, filters)["seal"]
    practice = Practice.objects.get(pk=viewer.practice_id)
    team = {reader.member_id: reader for found in readers.values() for reader in found}
    content = transcript_pdf(viewer, client, practice, kept, list(team.values()), seal)
    note_seen(viewer, [each.said.pk for each in kept])
    record(viewer, "transcript.exported", client, client_id=client.pk, **_told("pdf", kept, seal, filters))
    return Export(file_name(client, "pdf"), content, seal)


def _told(form: str, kept: Sequence[Kept], seal: str, filters: TranscriptFilters) -> dict[str, Any]:
    return {"form": form, "messages": len(kept), "seal": seal, "filters": filters.told}


def _readers(viewer: Viewer, client: Client, kept: Sequence[Kept]) -> dict[tuple[str, bool], list[Reader]]:
    """Return who of the team reads, by kind and whether it is confidential."""
    return {
        (kind, confidential): readers_of(viewer, client.pk, kind, confidential=confidential)
        for kind, confidential in {(each.talk.kind, each.talk.confidential) for each in kept}
    }

"""Transcripts as files: a tagged PDF for people, JSON with digests for programs."""

from __future__ import annotations

import json
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings

from kinbook.rules.periods import spoken_day
from kinbook.rules.transcript import sealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.messaging.queries.readers import Reader
    from kinbook.messaging.queries.transcript import Kept, TalkHead, TranscriptFilters
    from kinbook.people.models import Client
    from kinbook.tenancy.models import Practice
    from kinbook.tenancy.viewer import Viewer

PAPER = Path(__file__).parent / "templates" / "messaging" / "transcript.typ"
UNKNOWN_LETTER = "could not be displayed"
_kept = local()


def transcript_json(
    viewer: Viewer,
    client: Client,
    kept: Sequence[Kept],
    readers: dict[tuple[str, bool], list[Reader]],
    filters: TranscriptFilters,
) -> dict[str, Any]:
    """Return a transcript as a value that JSON knows, sealed. `readers` are the team's by kind and confidentiality."""
    talks = {each.talk.id: each.talk for each in kept}
    head = {
        "client": {"id": str(client.pk), "name": client.name},
        "exported_at": viewer.now.isoformat(),
        "exported_by": viewer.name,
        "filters": filters.told,
        "conversations": [_talk(each, readers) for each in talks.values()],
    }
    return sealed(head, [_message(each, readers) for each in kept])


def _talk(talk: TalkHead, readers: dict[tuple[str, bool], list[Reader]]) -> dict[str, Any]:
    return {
        "id": str(talk.id),
        "kind": talk.kind,
        "about": talk.subject,
        "confidential": talk.confidential,
        "internal": talk.is_internal,
        "started_by": talk.started_by,
        "started_at": talk.started_at.isoformat(),
        "participants": [
            {"id": str(id_), "name": name, "relation": relation, "kind": "member" if is_member else "party"}
            for id_, name, relation, is_member in talk.people
        ],
        "team_can_read": [
            {"name": each.name, "why": each.why} for each in readers.get((talk.kind, talk.confidential), [])
        ],
    }


def _message(kept: Kept, readers: dict[tuple[str, bool], list[Reader]]) -> dict[str, Any]:
    said, talk = kept.said, kept.talk
    team = [each.name for each in readers.get((talk.kind, talk.confidential), [])]
    return {
        "id": str(said.pk),
        "conversation_id": str(said.conversation_id),
        "number": said.number,
        "author": {
            "kind": "member" if said.author_member_id else "party",
            "id": str(said.author_id),
            "name": said.author_name,
        },
        "sent_at": said.sent_at.isoformat(),
        "body": said.body,
        "retracts": str(said.retracts_id) if said.retracts_id else None,
        "retracted": kept.is_retracted,
        "automatic": said.is_automatic,
        "files": [
            {"name": each.name, "type": each.type, "size": each.size, "sha256": each.sha256} for each in kept.files
        ],
        "could_read": list(dict.fromkeys([*(name for _, name, _, _ in talk.people), *team])),
        "read_by": [{"name": name, "at": at.isoformat()} for name, at in kept.seen],
        "previous": kept.before,
        "digest": bytes(said.digest).hex(),
    }


def transcript_pdf(
    viewer: Viewer, client: Client, practice: Practice, kept: Sequence[Kept], readers: Sequence[Reader], seal: str
) -> bytes:
    """Return a transcript as a tagged PDF: each message with who, to whom, when; and the seal of the same as JSON."""
    paper: dict[str, Any] = {
        "input": str(PAPER),
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(_paper(viewer, client, practice, kept, readers, seal))},
    }
    try:
        made = _compiler().compile(**paper, pdf_standards=["ua-1"])
    except typst.TypstError as refused:
        if UNKNOWN_LETTER not in str(refused):
            raise
        # tagged all the same, with this machine's fonts, but without the claim that every letter could be shown
        made = _compiler(system_fonts=True).compile(**paper)
    if not isinstance(made, bytes):
        raise TypeError("a transcript is one file")
    return made


def _compiler(*, system_fonts: bool = False) -> typst.Compiler:
    """Return this thread's compiler: fonts are read once."""
    name = "with_system" if system_fonts else "own"
    if not hasattr(_kept, name):
        setattr(_kept, name, typst.Compiler(font_paths=[str(settings.FONTS)], ignore_system_fonts=not system_fonts))
    compiler: typst.Compiler = getattr(_kept, name)
    return compiler


def _paper(
    viewer: Viewer, client: Client, practice: Practice, kept: Sequence[Kept], readers: Sequence[Reader], seal: str
) -> dict[str, Any]:
    days: list[dict[str, Any]] = []
    for each in kept:
        local_time = each.said.sent_at.astimezone(viewer.zone)
        day = spoken_day(local_time.date())
        if not days or days[-1]["day"] != day:
            days.append({"day": day, "lines": []})
        days[-1]["lines"].append(_line(each, f"{local_time.hour}:{local_time.minute:02d}"))
    local_now = viewer.now.astimezone(viewer.zone)
    return {
        "lang": practice.language,
        "paper": "us-letter" if practice.currency in {"USD", "CAD"} else "a4",
        "title": f"Messages of and about {client.name}",
        "practice": practice.name,
        "facts": [
            ["Exported", f"{spoken_day(local_now.date())}, {local_now.hour}:{local_now.minute:02d}, by {viewer.name}"],
            ["Messages", f"{len(kept):,}"],
            ["The team can read it", "; ".join(f"{each.name} ({each.why})" for each in readers)],
            ["Seal (SHA-256)", seal],
        ],
        "days": days,
        "footer": f"{practice.name} · {client.name}",
    }


def _line(kept: Kept, at: str) -> dict[str, Any]:
    said, talk = kept.said, kept.talk
    marks = [
        talk.kind_name,
        *(["confidential"] if talk.confidential else []),
        *(["team only"] if talk.is_internal else []),
        *(["notice" if said.is_notice else "automatic answer"] if said.is_automatic else []),
        *(["retracted"] if kept.is_retracted else []),
        *(["retracts a message"] if said.retracts_id else []),
    ]
    return {
        "at": at,
        "from": said.author_name,
        "to": talk.to(said.author_id),
        "marks": ", ".join(marks) + (f" · {talk.subject}" if talk.subject else ""),
        "body": said.body,
        "files": [each.name for each in kept.files],
        "read": ", ".join(name for name, _ in kept.seen),
    }


def file_name(client: Client, ending: str) -> str:
    """Return the name an export is kept under: nothing of whom it is about."""
    return f"transcript-{str(client.pk)[-12:]}.{ending}"

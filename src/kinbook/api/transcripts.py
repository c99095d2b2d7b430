"""A client's transcript: every conversation of and about them in one order, read or exported."""

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from kinbook.access.actions import Action
from kinbook.api.fields import Id
from kinbook.api.message_shapes import KindName, MessageShown, messages_shown
from kinbook.api.paging import Dated, Page, page_of
from kinbook.audit.record import record
from kinbook.messaging.commands.exporting import export_json, export_pdf
from kinbook.messaging.commands.reading import note_seen
from kinbook.messaging.queries.transcript import TranscriptFilters, transcript
from kinbook.people.queries import client_for
from kinbook.web.download import download
from kinbook.web.request import Request

router = Router(tags=["Messages"], by_alias=True)


class TranscriptAsked(Dated):
    """Which of a client's messages are wanted; the dates are local to the practice."""

    participant_id: Id | None = Field(None, description="Conversations in which this person or member takes part.")
    kind: KindName | None = None
    search: str = Field("", max_length=200, description="Words or parts of words, with or without accents.")

    @property
    def filters(self) -> TranscriptFilters:
        """The same as the pages know it."""
        self.dates("sent_at")
        return TranscriptFilters(self.participant_id, self.kind or "", self.since, self.through, self.search.strip())


@router.get("/clients/{client_id}/transcript", response=Page[MessageShown])
def read_transcript(request: Request, client_id: Id, asked: Query[TranscriptAsked]) -> Page[MessageShown]:
    """The client's messages in time order, with sender, readers, times and digest; each counts as shown from now on."""
    viewer = request.viewer
    client = client_for(viewer, client_id, Action.MESSAGES_SEE)
    found, more = page_of(transcript(viewer, client.pk, asked.filters), asked, "sent_at", "pk")
    note_seen(viewer, [each.pk for each in found])
    record(viewer, "transcript.viewed", client, client_id=client.pk, count=len(found))
    return Page[MessageShown](items=messages_shown(viewer, found), next=more)


@router.get("/clients/{client_id}/transcript.pdf")
def read_transcript_paper(request: Request, client_id: Id, asked: Query[TranscriptAsked]) -> HttpResponse:
    """The transcript as a tagged PDF."""
    made = export_pdf(request.viewer, client_id=client_id, filters=asked.filters)
    return download(made.content, name=made.name, content_type="application/pdf")


@router.get("/clients/{client_id}/transcript.json")
def read_transcript_file(request: Request, client_id: Id, asked: Query[TranscriptAsked]) -> HttpResponse:
    """The transcript as JSON with its chain of digests, checked by `kinbook transcript verify FILE`."""
    made = export_json(request.viewer, client_id=client_id, filters=asked.filters)
    return download(made.content, name=made.name, content_type="application/json")

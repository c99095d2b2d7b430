"""Opening documents: noted for the practice, whoever opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from kinbook.audit.record import record
from kinbook.documents.commands.send import link_of, note_opening
from kinbook.documents.models import Document, Way
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from datetime import datetime

    from kinbook.portal.models import Paper
    from kinbook.tenancy.viewer import Viewer


def paper_behind(secret: str, now: datetime, *, opens: bool) -> Document | None:
    """Return the document that a link opens, and note that it was opened where `opens`; None where it is too old."""
    link = link_of(secret, now)
    if link is None:
        return None
    with acting_as(Identity(link.practice_id, ViewerKind.JOB, link.practice_id)):
        document = Document.objects.filter(pk=link.document_id).first()
        if document and opens:
            note_opening(rule_viewer(link.practice_id, now=now), document, Way.LINK)
        return document


def note_own_opening(viewer: Viewer, *, paper: Paper) -> None:
    """Note that the person opened a document of theirs; who looks on as them opens nothing."""
    if not viewer.read_only:
        with connection.cursor() as cursor:
            cursor.execute("SELECT kinbook_portal_opened(%s, %s)", [paper.pk, viewer.now])
    record(viewer, "document.opened", paper, way=Way.PORTAL.value)

"""Giving documents to their payers: as a link in a mail that says nothing of them, and in the portal."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from kinbook.access.actions import Action
from kinbook.access.models import PortalOpen
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.models import DocumentClient, Opening, PaperLink, Release, Sending, Way
from kinbook.documents.queries.proofs import is_approved
from kinbook.documents.render import said
from kinbook.mail.commands import write_letter
from kinbook.people.queries import roots
from kinbook.people.queries.mailbox import own_addresses
from kinbook.team.commands.members import hash_of
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

VALID = timedelta(days=30)
"""How long a link opens its document; the page then says whom to ask."""

LONGEST_MESSAGE = 2000


def require_approved(document: Document) -> None:
    """Refuse what may not leave the practice yet: a proof of expense that no member has approved."""
    if not is_approved(document):
        raise Conflict("This proof is not approved yet: look at it, then approve it.")


@transaction.atomic
def send_document(viewer: Viewer, *, document: Document, message: str = "") -> Sending:
    """Mail the link of a document to its payer; Invalid where they have no address that is theirs alone."""
    about = list(DocumentClient.objects.filter(document=document).order_by("client_id"))
    for row in about:
        require(viewer, Action.DOCUMENT_SEND, row.client_id)
    require(viewer, Action.DOCUMENT_SEND)
    require_approved(document)
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(message=f"At most {LONGEST_MESSAGE} characters.")
    payer = roots([document.payer_id])[document.payer_id]
    sent = mail_documents(viewer, [document], message=message)
    if not sent:
        raise Invalid(payer=f"{payer.name} has no e-mail that may be written to: download the PDF, or add one.")
    client_id = about[0].client_id if about else None
    record(viewer, "document.sent", document, client_id=client_id, kind=document.kind)
    return sent[0]


def mail_documents(viewer: Viewer, documents: Sequence[Document], *, message: str = "") -> list[Sending]:
    """Mail the links of documents to those payers who have an address of their own. Part of a command."""
    payers = roots(document.payer_id for document in documents)
    addresses = own_addresses(party.pk for party in payers.values())
    in_portal = _open_in_portal(documents, payers)
    sent = []
    for document in documents:
        payer = payers[document.payer_id]
        if payer.pk in addresses:
            path = f"/portal/documents/{document.pk}/" if document.pk in in_portal else _new_link(viewer, document)
            sent.append(_mail(viewer, document, payer, addresses[payer.pk], path, message))
    release(viewer, [each.document for each in sent])
    return sent


def release(viewer: Viewer, documents: Iterable[Document]) -> None:
    """Let documents stand in their payers' portal from now on. Part of a command."""
    Release.objects.bulk_create(
        [
            Release(practice_id=viewer.practice_id, document=each, released_at=viewer.now, released_by=viewer.name)
            for each in documents
        ],
        ignore_conflicts=True,
    )


def _open_in_portal(documents: Sequence[Document], payers: dict[UUID, Party]) -> set[UUID]:
    """Return the documents whose payer finds them in the portal: bills are open to them for all it is about."""
    about: dict[UUID, set[UUID]] = defaultdict(set)
    for document_id, client_id in DocumentClient.objects.filter(document__in=documents).values_list(
        "document_id", "client_id"
    ):
        about[document_id].add(client_id)
    rows = PortalOpen.objects.filter(party_id__in=[party.pk for party in payers.values()], billing_documents=True)
    held = set(rows.values_list("party_id", "client_id"))
    return {
        each.pk
        for each in documents
        if about[each.pk] and all((payers[each.payer_id].pk, client) in held for client in about[each.pk])
    }


def _new_link(viewer: Viewer, document: Document) -> str:
    secret = secrets.token_urlsafe(32)
    PaperLink.objects.create(
        hash=hash_of(secret),
        practice_id=viewer.practice_id,
        document_id=document.pk,
        expires_at=viewer.now + VALID,
    )
    return f"/portal/paper/{secret}/"


def _mail(viewer: Viewer, document: Document, payer: Party, to: str, path: str, message: str) -> Sending:
    with translation.override(document.language):
        letter = write_letter(
            viewer,
            to=to,
            template="document",
            values={
                "name": payer.short_name,
                "message": message.replace("\x00", "").strip(),
                "days": VALID.days,
                "needs_sign_in": path.startswith("/portal/documents/"),
            },
            links={said(document).heading: path},
            party_id=payer.pk,
        )
    return Sending.objects.create(
        practice_id=viewer.practice_id, document=document, letter=letter, sent_at=viewer.now, sent_by=viewer.name
    )


def link_of(secret: str, now: datetime) -> PaperLink | None:
    """Return what a link opens; None for one that is too old, or never was."""
    return PaperLink.objects.filter(hash=hash_of(secret), expires_at__gt=now).first()


def note_opening(viewer: Viewer, document: Document, way: Way) -> None:
    """Note that a document's paper was opened. Part of what shows it."""
    Opening.objects.create(practice_id=document.practice_id, document=document, way=way, opened_at=viewer.now)
    record(viewer, "document.opened", document, way=way.value)

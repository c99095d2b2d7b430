"""Send: a document's link to its payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from kinbook.documents.commands.send import send_document
from kinbook.documents.forms import SendForm
from kinbook.documents.queries.listing import document_for
from kinbook.documents.queries.sendings import address_of_payer
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def send(request: Request, document_id: UUID) -> HttpResponse:
    """Send it to its payer by mail."""
    found = document_for(request.viewer, document_id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = send_document(request.viewer, document=found, message=form.cleaned_data["message"])
            url = reverse("documents:document", args=[found.pk])
            return done(request, url, f"On its way to {sent.letter.to}.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(
        request,
        "documents/send.html",
        document=found,
        form=form,
        address=address_of_payer(found),
        payer=found.payer.merged_into or found.payer,
        status=422 if form.errors else 200,
    )

"""Sending an invoice to its payer by mail, with the PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kinbook.access.actions import Action
from kinbook.access.models import PortalOpen
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.queries.language import language_of
from kinbook.invoices.commands.settle import clients_of
from kinbook.invoices.models import Delivery, Invoice, Void
from kinbook.mail.commands import write_letter
from kinbook.papers.spoken import spoken_date
from kinbook.people.models import Party
from kinbook.people.queries.mailbox import own_address
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

LONGEST_MESSAGE = 2000


@transaction.atomic
def send_invoice(viewer: Viewer, *, invoice: Invoice, message: str = "") -> Delivery:
    """Mail an invoice to its payer; Invalid where the payer has no address that may be written to."""
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.INVOICE_SEND, client_id)
    if Void.objects.filter(invoice=invoice).exists():
        raise Conflict(f"{invoice.name} is void: there is nothing to send.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(message=f"At most {LONGEST_MESSAGE} characters.")
    payer = Party.objects.select_related("merged_into").get(pk=invoice.payer_id)
    payer = payer.merged_into or payer
    address = address_for_money(payer)
    if not address:
        raise Invalid(payer=f"{payer.name} has no e-mail that may be written to: download the PDF, or add one.")
    with translation.override(language_of(viewer, payer.pk)):
        letter = write_letter(
            viewer,
            to=address,
            template="invoice",
            values={
                "name": payer.short_name,
                "number": invoice.name,
                "due_on": spoken_date(invoice.due_on),
                "message": message.replace("\x00", "").strip(),
            },
            links=import_string(settings.PAY_LINK)(viewer, invoice) | _portal_link(invoice, payer),
            party_id=payer.pk,
            invoice_id=invoice.pk,
        )
    delivery = Delivery.objects.create(
        practice_id=viewer.practice_id, invoice=invoice, letter=letter, sent_at=viewer.now, sent_by=viewer.name
    )
    record(viewer, "invoice.sent", invoice, client_id=min(clients), number=invoice.name)
    return delivery


def _portal_link(invoice: Invoice, payer: Party) -> dict[str, str]:
    """Return the link to the invoice in the portal, for a payer to whom it is open there."""
    clients = clients_of([invoice.pk])
    opened = PortalOpen.objects.filter(party_id=payer.pk, client_id__in=clients, billing_documents=True)
    return {_("See it in the client portal"): f"/portal/billing/{invoice.pk}/"} if opened.exists() else {}


def address_for_money(payer: Party) -> str:
    """Return where a letter about money goes: an address that is the payer's alone."""
    return own_address(payer.pk)

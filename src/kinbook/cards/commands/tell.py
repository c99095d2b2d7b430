"""Telling a payer that AutoPay gave up: with links that pay the invoices otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from kinbook.cards.commands.links import pay_link
from kinbook.invitations.queries.language import language_of
from kinbook.invoices.commands.send import address_for_money
from kinbook.invoices.models import Invoice
from kinbook.mail.commands import write_letter
from kinbook.people.queries import roots

if TYPE_CHECKING:
    from kinbook.cards.models import CardCharge
    from kinbook.tenancy.viewer import Viewer


def tell_payer(viewer: Viewer, charge: CardCharge) -> None:
    """Write to a payer whose AutoPay is not tried again, where they have an address of their own. Part of a command."""
    payer = roots([charge.payer_id])[charge.payer_id]
    address = address_for_money(payer)
    if not address:
        return
    with translation.override(language_of(viewer, payer.pk)):
        links: dict[str, str] = {}
        for invoice in Invoice.objects.filter(pk__in=charge.parts.values("invoice_id")).order_by("number"):
            links |= {f"{words} {invoice.name}": path for words, path in pay_link(viewer, invoice).items()}
        write_letter(
            viewer,
            to=address,
            template="card_failed",
            values={"name": payer.short_name},
            links=links,
            party_id=payer.pk,
        )

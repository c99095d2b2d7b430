"""Pay links: what a mail carries so that its reader pays one invoice without signing in. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kinbook.cards.models import ON_ITS_WAY, CardCharge, Origin, PayLink, State
from kinbook.cards.queries.keys import keys
from kinbook.invoices.models import Invoice
from kinbook.people.queries import roots
from kinbook.team.queries import acting_for
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LASTS = timedelta(days=60)
TRIES = 6
WITHIN = timedelta(hours=1)


def pay_link(viewer: Viewer, invoice: Invoice) -> dict[str, str]:
    """Return the link that pays an invoice, with its words; nothing where cards are not set up. Part of a command."""
    if keys() is None or not Invoice.objects.filter(pk=invoice.pk, standing__due_cents__gt=0).exists():
        return {}
    secret = secrets.token_urlsafe(32)
    PayLink.objects.create(
        hash=_hash(secret), practice_id=viewer.practice_id, invoice_id=invoice.pk, expires_at=viewer.now + LASTS
    )
    return {gettext("Pay"): f"/pay/{secret}/"}


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a Pay link may show and no more: the practice, the number, what is due; nothing of the child."""

    practice_id: UUID
    practice: str
    currency: str
    publishable: str
    invoice_id: UUID
    number: str
    payer_id: UUID
    payer: str
    due_cents: int
    is_on_its_way: bool
    has_tried_enough: bool


def asked_by(secret: str, now: datetime) -> Asked | None:
    """Return what a link leads to now; None once it has expired, or its invoice is void or goes to somebody else."""
    link = PayLink.objects.filter(hash=_hash(secret), expires_at__gt=now).first()
    if link is None:
        return None
    with acting_for(link.practice_id, None, now=now):
        invoice = Invoice.objects.with_state().filter(pk=link.invoice_id, standing__is_void=False).first()
        known = keys()
        if invoice is None or known is None:
            return None
        practice = Practice.objects.get(pk=link.practice_id)
        charges = CardCharge.objects.filter(parts__invoice_id=invoice.pk)
        tried = charges.filter(origin=Origin.LINK, asked_at__gt=now - WITHIN, state=State.FAILED).count()
        payer = roots([invoice.payer_id])[invoice.payer_id]
        return Asked(
            practice_id=practice.pk,
            practice=practice.name,
            currency=practice.currency,
            publishable=known.publishable,
            invoice_id=invoice.pk,
            number=invoice.name,
            payer_id=payer.pk,
            payer=payer.name,
            due_cents=invoice.standing.due_cents,
            is_on_its_way=charges.filter(state__in=ON_ITS_WAY).exists(),
            has_tried_enough=tried >= TRIES,
        )

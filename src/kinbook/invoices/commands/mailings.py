"""Many letters at once: planned as a list, sent some at a time, so that what is killed goes on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.remind import remind_payer
from kinbook.invoices.commands.send import send_invoice
from kinbook.invoices.models import (
    Delivery,
    DeliveryKind,
    Invoice,
    Mailing,
    MailingItem,
    MailingKind,
    RunState,
)
from kinbook.invoices.queries.mailing import letters_for
from kinbook.jobs.app import enqueue
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import roots
from kinbook.tenancy.refused import Conflict, Invalid, Refused

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 20
"""Letters of one transaction."""
WAITED_FOR = 50
"""Up to this many letters are written while the caller waits; more become a job."""


@transaction.atomic
def start_mailing(viewer: Viewer, *, kind: str, since: date | None = None) -> Mailing:
    """Plan letters: of invoices never sent (issued on or after a day), or reminders of overdue ones.

    Who cannot be written to is part of it, with the reason.
    """
    require(viewer, Action.INVOICE_SEND)
    if kind not in MailingKind.values:
        raise Invalid(kind=f"One of: {', '.join(MailingKind.values)}.")
    mailing = Mailing.objects.create(
        practice_id=viewer.practice_id, kind=kind, started_at=viewer.now, started_by=viewer.name, member_id=viewer.id
    )
    letters = letters_for(viewer, kind, since)
    MailingItem.objects.bulk_create(
        MailingItem(
            practice_id=viewer.practice_id,
            mailing=mailing,
            position=position,
            payer=letter.payer,
            invoice=letter.invoices[0] if kind == MailingKind.SEND else None,
            cents=letter.cents,
            done=bool(letter.skipped),
            skipped=letter.skipped,
        )
        for position, letter in enumerate(letters)
    )
    record(viewer, "mailing.started", mailing, kind=kind, letters=len(letters))
    return mailing


@transaction.atomic
def advance_mailing(viewer: Viewer, *, mailing_id: UUID) -> bool:
    """Write the next letters that nobody else is writing; returns whether there may be more.

    The letters and their marks are one transaction. What has changed meanwhile (paid, void, sent, out of reach) is
    left out, with the reason.
    """
    require(viewer, Action.INVOICE_SEND)
    mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.state != RunState.WORKING:
        return False
    waiting = MailingItem.objects.filter(mailing=mailing, done=False).select_related("payer").order_by("position")
    items = list(waiting.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    if not items:
        _finish(viewer, mailing)
        return False
    # whoever sends the same a second time waits here, and sees what the first one did
    lock_in_order({item.payer.merged_into_id or item.payer_id for item in items})
    told = [(item, _write(viewer, mailing, item)) for item in items]
    for item, skipped in told:
        MailingItem.objects.filter(pk=item.pk).update(done=True, skipped=skipped)
    record(viewer, "mailing.letters_written", mailing, letters=sum(not skipped for _, skipped in told))
    return True


def _finish(viewer: Viewer, mailing: Mailing) -> None:
    if not MailingItem.objects.filter(mailing=mailing, done=False).exists():
        done = Mailing.objects.filter(pk=mailing.pk, state=RunState.WORKING)
        done.update(state=RunState.DONE, ended_at=viewer.now)


def _write(viewer: Viewer, mailing: Mailing, item: MailingItem) -> str:
    """Write one letter; returns why not, where it was not to be."""
    try:
        if mailing.kind == MailingKind.REMIND:
            remind_payer(viewer, party=roots([item.payer_id])[item.payer_id])
            return ""
        return _send(viewer, item.invoice_id) if item.invoice_id else ""
    except Refused as refused:
        return refused.sentence


def _send(viewer: Viewer, invoice_id: UUID) -> str:
    invoice = Invoice.objects.select_related("standing").get(pk=invoice_id)
    if Delivery.objects.filter(invoice=invoice, kind=DeliveryKind.INVOICE).exists():
        return "Sent meanwhile"
    if not invoice.standing.is_void and not invoice.standing.due_cents:
        return "Paid meanwhile"
    send_invoice(viewer, invoice=invoice)
    return ""


def continue_mailing_later(viewer: Viewer, mailing: Mailing) -> None:
    """Have a job write the letters that are left, with the rights of who asks for it."""
    enqueue(
        "invoices.continue_mailing",
        practice_id=str(mailing.practice_id),
        mailing_id=str(mailing.pk),
        member_id=None if viewer.is_job else str(viewer.id),
    )


@transaction.atomic
def pause_mailing(viewer: Viewer, *, mailing: Mailing) -> None:
    """Let a mailing stop after the letters it is writing."""
    require(viewer, Action.INVOICE_SEND)
    if not Mailing.objects.filter(pk=mailing.pk, state=RunState.WORKING).update(state=RunState.PAUSED):
        raise Conflict("This mailing is not working.")
    record(viewer, "mailing.paused", mailing)


@transaction.atomic
def resume_mailing(viewer: Viewer, *, mailing: Mailing) -> None:
    """Let a paused mailing go on."""
    require(viewer, Action.INVOICE_SEND)
    if not Mailing.objects.filter(pk=mailing.pk, state=RunState.PAUSED).update(state=RunState.WORKING):
        raise Conflict("This mailing is not paused.")
    record(viewer, "mailing.resumed", mailing)
    continue_mailing_later(viewer, mailing)


@transaction.atomic
def stop_mailing(viewer: Viewer, *, mailing: Mailing) -> None:
    """End a mailing: what was written is on its way and stays so, the rest is not written."""
    require(viewer, Action.INVOICE_SEND)
    stopped = Mailing.objects.filter(pk=mailing.pk, state__in=[RunState.WORKING, RunState.PAUSED])
    if not stopped.update(state=RunState.VOIDED, ended_at=viewer.now):
        raise Conflict("This mailing is over already.")
    MailingItem.objects.filter(mailing=mailing, done=False).update(done=True, skipped="Stopped before it was sent")
    record(viewer, "mailing.stopped", mailing)

"""Letters to many payers: sending every invoice never sent, reminding of what is overdue; and pausing reminders."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Router
from ninja.responses import Status
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Day, Id
from kinbook.audit.record import record
from kinbook.invoices.commands.mailings import (
    WAITED_FOR,
    advance_mailing,
    continue_mailing_later,
    pause_mailing,
    resume_mailing,
    start_mailing,
    stop_mailing,
)
from kinbook.invoices.commands.remind import remind_payer
from kinbook.invoices.commands.terms import pause_reminders, resume_reminders
from kinbook.invoices.models import Mailing, RunState
from kinbook.invoices.queries.mailing import items_of, letters_for, mailing_for, progress_of, reminders_of
from kinbook.invoices.queries.terms import pause_of
from kinbook.people.models import Party
from kinbook.people.queries import party_for, same_person
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Invoices"], by_alias=True)

Kind = Literal["send", "remind"]


class MailingBody(Body):
    """Which letters: `send` is every invoice never sent, `remind` a letter to each payer with overdue ones."""

    kind: Kind
    issued_from: Day | None = Field(None, description="For send: only invoices issued on or after this date.")


class LetterToBe(BaseModel):
    """One letter: to whom, about which invoices; `reason` says why there is none."""

    payer_id: UUID
    email: str | None
    invoice_ids: list[UUID]
    cents: int
    reason: str | None


class MailingPreview(BaseModel):
    """Who would get a letter, and who would not."""

    letters: list[LetterToBe]
    skipped: list[LetterToBe]


class ItemShown(BaseModel):
    """One letter of a mailing, and what became of it; a reminder is of all that is overdue."""

    payer_id: UUID
    invoice_id: UUID | None
    cents: int
    written: bool
    reason: str | None = Field(description="Why it was not sent.")


class MailingShown(BaseModel):
    """How far a mailing is, in letters; its first 200 letters, those not sent at the top."""

    id: UUID
    kind: str
    state: str = Field(description="working, paused, done or stopped")
    done: int
    total: int
    written: int
    cents: int
    letters: list[ItemShown]


class PauseBody(Body):
    """Why a payer is not reminded, and until when."""

    reason: str = Field(min_length=1, max_length=500)
    until: Day | None = Field(None, description="The first day with reminders again; left out: until resumed.")


class ReminderShown(BaseModel):
    """One reminder of one invoice."""

    at: datetime
    invoice: str
    state: str


class RemindersShown(BaseModel):
    """Whether a payer's reminders are paused, and the last that went."""

    payer_id: UUID
    paused: bool
    reason: str | None
    until: date | None
    last: list[ReminderShown]


@router.post("/mailings/preview", response=MailingPreview)
def preview_mailing(request: Request, body: MailingBody) -> MailingPreview:
    """Who would get a letter and who would not, and why. Nothing is sent."""
    require(request.viewer, Action.INVOICE_SEND)
    letters = [
        LetterToBe(
            payer_id=each.payer.pk,
            email=each.address or None,
            invoice_ids=[invoice.pk for invoice in each.invoices],
            cents=each.cents,
            reason=each.skipped or None,
        )
        for each in letters_for(request.viewer, body.kind, body.issued_from)
    ]
    record(request.viewer, "mailing.dry_run", kind=body.kind, letters=len(letters))
    return MailingPreview(
        letters=[each for each in letters if not each.reason], skipped=[each for each in letters if each.reason]
    )


@router.post("/mailings", response={200: MailingShown, 202: MailingShown})
def create_mailing(request: Request, body: MailingBody) -> Status[MailingShown]:
    """Write the letters: up to 50 at once (200), above that by a job (202): ask `GET /mailings/{mailing_id}`."""
    viewer = request.viewer
    made = start_mailing(viewer, kind=body.kind, since=body.issued_from)
    if progress_of(made).of > WAITED_FOR:
        continue_mailing_later(viewer, made)
        return Status(202, _mailing(viewer, made))
    while advance_mailing(viewer, mailing_id=made.pk):
        pass
    return Status(200, _mailing(viewer, Mailing.objects.get(pk=made.pk)))


@router.get("/mailings/{mailing_id}", response=MailingShown)
def read_mailing(request: Request, mailing_id: Id) -> MailingShown:
    """How far a mailing is."""
    found = mailing_for(request.viewer, mailing_id)
    record(request.viewer, "mailing.viewed", found)
    return _mailing(request.viewer, found)


@router.post("/mailings/{mailing_id}/pause", response=MailingShown)
def pause_it(request: Request, mailing_id: Id) -> MailingShown:
    """Let a mailing stop for now."""
    pause_mailing(request.viewer, mailing=mailing_for(request.viewer, mailing_id))
    return _mailing(request.viewer, mailing_for(request.viewer, mailing_id))


@router.post("/mailings/{mailing_id}/resume", response=MailingShown)
def resume_it(request: Request, mailing_id: Id) -> MailingShown:
    """Let a paused mailing go on."""
    resume_mailing(request.viewer, mailing=mailing_for(request.viewer, mailing_id))
    return _mailing(request.viewer, mailing_for(request.viewer, mailing_id))


@router.post("/mailings/{mailing_id}/stop", response=MailingShown)
def stop_it(request: Request, mailing_id: Id) -> MailingShown:
    """End a mailing: what was written stays so, the rest is not."""
    stop_mailing(request.viewer, mailing=mailing_for(request.viewer, mailing_id))
    return _mailing(request.viewer, mailing_for(request.viewer, mailing_id))


def _mailing(viewer: Viewer, found: Mailing) -> MailingShown:
    progress = progress_of(found)
    return MailingShown(
        id=found.pk,
        kind=found.kind,
        state="stopped" if found.state == RunState.VOIDED else found.state,
        done=progress.done,
        total=progress.of,
        written=progress.sent,
        cents=progress.cents,
        letters=[
            ItemShown(
                payer_id=each.payer.pk,
                invoice_id=each.invoice.pk if each.invoice else None,
                cents=each.cents,
                written=each.done and not each.skipped,
                reason=each.skipped or None,
            )
            for each in items_of(viewer, found)
        ],
    )


@router.get("/payers/{payer_id}/reminders", response=RemindersShown)
def read_reminders(request: Request, payer_id: Id) -> RemindersShown:
    """Whether a payer's reminders are paused, and the last that went."""
    require(request.viewer, Action.AMOUNTS_SEE)
    party = _payer(request.viewer, payer_id)
    record(request.viewer, "reminders.viewed", party)
    return _reminders(request.viewer, party)


@router.post("/payers/{payer_id}/remind", response=RemindersShown)
def remind(request: Request, payer_id: Id) -> RemindersShown:
    """Write to a payer of all that is overdue; 409 where nothing is, where it is paused, or one went today."""
    party = _payer(request.viewer, payer_id)
    remind_payer(request.viewer, party=party)
    return _reminders(request.viewer, party)


@router.put("/payers/{payer_id}/reminders/pause", response=RemindersShown)
def pause_them(request: Request, payer_id: Id, body: PauseBody) -> RemindersShown:
    """Remind a payer of nothing for a while."""
    party = _payer(request.viewer, payer_id)
    pause_reminders(request.viewer, party=party, reason=body.reason, until=body.until)
    return _reminders(request.viewer, party)


@router.delete("/payers/{payer_id}/reminders/pause", response={204: None})
def resume_them(request: Request, payer_id: Id) -> None:
    """Remind a payer again; 409 where nothing is paused."""
    resume_reminders(request.viewer, party=_payer(request.viewer, payer_id))


def _payer(viewer: Viewer, payer_id: UUID) -> Party:
    party = party_for(viewer, payer_id)
    return party.merged_into or party


def _reminders(viewer: Viewer, party: Party) -> RemindersShown:
    pause = pause_of(party.pk, viewer.today)
    return RemindersShown(
        payer_id=party.pk,
        paused=pause is not None,
        reason=pause.reason if pause else None,
        until=pause.until if pause else None,
        last=[
            ReminderShown(at=at, invoice=name, state=state) for at, name, state in reminders_of(same_person(party.pk))
        ],
    )

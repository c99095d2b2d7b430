"""Who around a client has the portal: how far they are; invited, suspended, let in again."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.api.fields import Body, Id
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.audit.record import record
from kinbook.invitations.commands.invite import LONGEST_WORDS, Invite, invite_to_portal
from kinbook.invitations.commands.keep import end_kept_portal, keep_portal
from kinbook.invitations.commands.suspend import LONGEST_REASON, lift_suspension, suspend_portal
from kinbook.invitations.queries.people import PortalPerson, portal_people, portal_person
from kinbook.people.queries import client_for
from kinbook.tenancy.refused import Invalid
from kinbook.web.request import Request

router = Router(tags=["Client portal"], by_alias=True)

State = Literal["none", "open", "invited", "signed_in", "suspended"]


class PortalPersonShown(BaseModel):
    """One person and their portal for one client; `problem` says why no mailbox opens it."""

    person_id: UUID
    relation: str
    state: State
    flags: list[str]
    email: str | None
    problem: str | None
    invited_at: datetime | None
    signed_in_at: datetime | None
    suspended_at: datetime | None
    suspended_reason: str | None
    ended_at_18: bool = Field(description="A guardian whose access ended, and who keeps it only if the client agrees.")
    kept_from: date | None = Field(description="Since when the client, of age, agreed that they keep it.")


class InvitationBody(Body):
    """The words of the mail; what access holds is set at the contact, or the client, in `portal`."""

    message: str | None = Field(None, max_length=LONGEST_WORDS)
    language: Literal["en", "es"] | None = None


class SuspensionBody(Body):
    """Why the portal is closed; for staff only."""

    reason: str = Field(max_length=LONGEST_REASON)


@router.get("/clients/{client_id}/portal", response=Page[PortalPersonShown])
def list_portal(request: Request, client_id: Id, asked: Query[Asked]) -> Page[PortalPersonShown]:
    """The client, partners and contacts who are people, with how far their portal is."""
    client = client_for(request.viewer, client_id)
    rows = portal_people(request.viewer, client)
    found, more = slice_of(rows, asked, lambda row: row.party.pk)
    record(request.viewer, "portal.people_viewed", client, client_id=client.pk)
    return Page[PortalPersonShown](items=[_shown(row) for row in found], next=more)


@router.post("/clients/{client_id}/portal/{person_id}/invite", response=PortalPersonShown)
def invite(request: Request, client_id: Id, person_id: Id, body: InvitationBody) -> PortalPersonShown:
    """Give a person access, and mail them the way in; 422 where no mailbox is theirs alone."""
    client = client_for(request.viewer, client_id)
    invites = [Invite(person_id)]
    try:
        words, language = body.message or "", body.language or ""
        (found,) = invite_to_portal(request.viewer, client=client, invites=invites, words=words, language=language)
    except Invalid as refused:
        named = {"words": "message", f"person-{person_id}": "person_id"}
        raise Invalid(**{named.get(name, name): each for name, each in refused.problems.items()}) from refused
    return _shown(found)


@router.post("/clients/{client_id}/portal/{person_id}/suspend", response=PortalPersonShown)
def suspend(request: Request, client_id: Id, person_id: Id, body: SuspensionBody) -> PortalPersonShown:
    """Close a person's portal for the client; whatever they have open ends at once."""
    client = client_for(request.viewer, client_id)
    suspend_portal(request.viewer, client=client, party_id=person_id, reason=body.reason)
    return _shown(portal_person(request.viewer, client, person_id))


@router.post("/clients/{client_id}/portal/{person_id}/lift", response=PortalPersonShown)
def lift(request: Request, client_id: Id, person_id: Id) -> PortalPersonShown:
    """Let a person in again, as far as their access goes."""
    client = client_for(request.viewer, client_id)
    lift_suspension(request.viewer, client=client, party_id=person_id)
    return _shown(portal_person(request.viewer, client, person_id))


@router.put("/clients/{client_id}/portal/{person_id}/kept", response=PortalPersonShown)
def keep(request: Request, client_id: Id, person_id: Id) -> PortalPersonShown:
    """Record that the client, of age, agreed that a guardian keeps access; 409 where there is nothing to keep."""
    client = client_for(request.viewer, client_id)
    keep_portal(request.viewer, client=client, party_id=person_id)
    return _shown(portal_person(request.viewer, client, person_id))


@router.delete("/clients/{client_id}/portal/{person_id}/kept", response={204: None})
def end_kept(request: Request, client_id: Id, person_id: Id) -> None:
    """Record that the client agrees no longer; it ends at once."""
    client = client_for(request.viewer, client_id)
    end_kept_portal(request.viewer, client=client, party_id=person_id)


def _shown(row: PortalPerson) -> PortalPersonShown:
    return PortalPersonShown(
        person_id=row.party.pk,
        relation=row.relation,
        state=row.state,  # type: ignore[arg-type]
        flags=row.flags,
        email=row.mailbox.address or None,
        problem=row.mailbox.problem or None,
        invited_at=row.guest.invited_at if row.guest else None,
        signed_in_at=row.guest.signed_in_at if row.guest else None,
        suspended_at=row.suspension.suspended_at if row.suspension else None,
        suspended_reason=row.suspension.reason if row.suspension else None,
        ended_at_18=row.is_past_age and not row.kept_from,
        kept_from=row.kept_from,
    )

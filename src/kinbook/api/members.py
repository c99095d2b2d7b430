"""The team: members with their roles."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.models import RoleGrant
from kinbook.access.policy import require
from kinbook.accounts.commands.email import start_email_change
from kinbook.accounts.queries import pending_emails
from kinbook.api.fields import Body, Id, Name
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.team.commands.members import add_member
from kinbook.team.commands.members import change_member as change
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Team"], by_alias=True)

Role = Literal[
    "owner",
    "manager",
    "supervisor",
    "clinician_entire",
    "clinician_full_list",
    "clinician_billing",
    "clinician_basic",
    "biller",
    "scheduler",
]
NAMES = ("first_name", "last_name", "title")


class MemberBody(Body):
    """Somebody for the team; the invitation goes by mail."""

    email: Name
    first_name: Name
    last_name: Name
    title: Name | None = None
    roles: list[Role] = Field(min_length=1, max_length=9)


class MemberChange(Body):
    """What changes of a member; what is left out stays."""

    first_name: Name | None = None
    last_name: Name | None = None
    title: Name | None = None
    roles: list[Role] | None = Field(None, min_length=1, max_length=9)
    email: Name | None = None


class MemberShown(BaseModel):
    """Somebody on the team, or who was: then `left_on` says until when, and there are no roles.

    `pending_email` is in force once both addresses have confirmed it.
    """

    id: UUID
    email: str
    pending_email: str | None
    name: str
    first_name: str
    last_name: str
    title: str | None
    roles: list[str]
    left_on: date | None


@router.post("/members", response={201: MemberShown})
def create_member(request: Request, body: MemberBody) -> MemberShown:
    """Add somebody to the team with roles, and invite them by mail."""
    made = add_member(
        request.viewer,
        email=body.email,
        first_name=body.first_name,
        last_name=body.last_name,
        title=body.title or "",
        roles=body.roles,
    )
    return shown(request.viewer, [made])[0]


@router.get("/members", response=Page[MemberShown])
def list_members(request: Request, asked: Query[Asked]) -> Page[MemberShown]:
    """The team by name; those who left too."""
    rows = Member.objects.all()  # every member may list the team's names, e-mails and roles
    found, more = page_of(rows, asked, "last_name", "first_name", "pk")
    record(request.viewer, "team.listed", count=len(found))
    return Page[MemberShown](items=shown(request.viewer, found), next=more)


@router.get("/members/{member_id}", response=MemberShown)
def read_member(request: Request, member_id: Id) -> MemberShown:
    """One member."""
    return shown(request.viewer, [_member(member_id)])[0]


def _member(member_id: UUID) -> Member:
    found = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise Unknown
    return found


@router.patch("/members/{member_id}", response=MemberShown)
def change_member(request: Request, member_id: Id, body: MemberChange) -> MemberShown:
    """Change a member's names and roles; what is left out stays, and the last owner stays one.

    An e-mail waits until both addresses have confirmed it by the links they are sent.
    """
    viewer = request.viewer
    require(viewer, Action.TEAM_MANAGE)
    Member.objects.select_for_update().filter(pk=member_id).first()
    require_match(request, shown(viewer, [_member(member_id)])[0])
    fields = {name: value or "" for name, value in body.sent(*NAMES, may_be_empty={"title"}).items()}
    roles = body.sent("roles").get("roles")
    changed = change(viewer, member_id=member_id, fields=fields, roles=roles)
    email = body.sent("email").get("email")
    if email is not None and email.strip().lower() != changed.email:
        start_email_change(viewer, member_id=member_id, email=email)
    return shown(viewer, [changed])[0]


def shown(viewer: Viewer, members: Sequence[Member]) -> list[MemberShown]:
    """Return members with the roles they hold today and the address they wait for: two queries."""
    roles: dict[UUID, list[str]] = defaultdict(list)
    grants = RoleGrant.objects.filter(holds_on(viewer.today), member_id__in=[each.pk for each in members])
    for member_id, role in grants.order_by("member_id", "role").values_list("member_id", "role"):
        roles[member_id].append(role)
    waiting = pending_emails([each.pk for each in members], viewer.now)
    return [
        MemberShown(
            id=each.pk,
            email=each.email,
            pending_email=waiting.get(each.pk),
            name=each.name,
            first_name=each.first_name,
            last_name=each.last_name,
            title=each.title or None,
            roles=roles[each.pk],
            left_on=each.left_on,
        )
        for each in members
    ]

"""What the token's member is writing, and words that are used again."""

from datetime import datetime
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Flag, Id
from kinbook.api.frame import require_match
from kinbook.api.message_shapes import KindName
from kinbook.api.paging import Asked, Page, page_of, slice_of
from kinbook.audit.record import record
from kinbook.messaging.commands.beginnings import MOST_PEOPLE, discard_new_draft, save_new_draft
from kinbook.messaging.commands.drafts import discard_draft, save_draft
from kinbook.messaging.commands.settling import remove_template, save_template
from kinbook.messaging.commands.start import LONGEST_SUBJECT, TalkDraft
from kinbook.messaging.models import Draft, NewDraft, Template
from kinbook.messaging.models.talk import LONGEST, Conversation, is_me
from kinbook.messaging.queries.beginnings import new_drafts
from kinbook.people.queries import client_for
from kinbook.team.models import Member
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.request import Request

router = Router(tags=["Messages"], by_alias=True)

WORDS = Field(min_length=1, max_length=LONGEST * 2)
SAY = "Write something first, or delete the draft."


class DraftBody(Body):
    """What is being written."""

    body: str = WORDS


class NewDraftBody(Body):
    """What is being written to begin a conversation; whom it is to is looked at when it begins."""

    body: str = WORDS
    participants: list[Choice] = Field(default_factory=list, max_length=MOST_PEOPLE)
    about: str = Field("", max_length=LONGEST_SUBJECT)
    kind: KindName = "clinical"
    confidential: Flag = False


class DraftShown(BaseModel):
    """What the member is writing: in a conversation, or to begin one. Nobody else sees it."""

    id: UUID
    client_id: UUID
    conversation_id: UUID | None = Field(description="Null for a conversation that has not begun.")
    participants: list[UUID] = Field(description="Of a conversation that has not begun.")
    about: str | None
    kind: KindName
    confidential: bool
    body: str
    kept_at: datetime
    send_at: datetime | None = Field(description="When it is to be sent.")
    problem: str | None = Field(description="Why it was not sent when its time came.")


class TemplateBody(Body):
    """Words that are used again."""

    name: str = Field(max_length=80)
    body: str = Field(max_length=LONGEST * 2)


class TemplateChange(Body):
    """What changes of a template; what is left out stays."""

    name: str | None = Field(None, max_length=80)
    body: str | None = Field(None, max_length=LONGEST * 2)


class TemplateShown(BaseModel):
    """Words that are used again."""

    id: UUID
    name: str
    body: str


@router.get("/drafts", response=Page[DraftShown])
def list_drafts(request: Request, asked: Query[Asked]) -> Page[DraftShown]:
    """The member's drafts, the latest first: in conversations, to be sent later, and of those that have not begun."""
    viewer = request.viewer
    require(viewer, Action.MESSAGES_SEND)
    mine = Draft.objects.filter(is_me(viewer), conversation__in=Conversation.objects.visible_to(viewer))
    shown = [_shown(each) for each in mine.select_related("conversation")] + [_new(each) for each in new_drafts(viewer)]
    found, more = slice_of(sorted(shown, key=lambda each: (each.kept_at, each.id), reverse=True), asked, _key)
    record(viewer, "drafts.listed", count=len(found))
    return Page[DraftShown](items=found, next=more)


def _key(each: DraftShown) -> UUID:
    return each.id


@router.put("/conversations/{conversation_id}/draft", response=DraftShown)
def put_draft(request: Request, conversation_id: Id, body: DraftBody) -> DraftShown:
    """Keep what the member is writing in a conversation, in place of what was kept."""
    if not body.body.strip():
        raise Invalid(body=SAY)
    kept = save_draft(request.viewer, conversation_id=conversation_id, body=body.body)
    if kept is None:
        raise Invalid(body=SAY)
    return _shown(kept)


@router.delete("/conversations/{conversation_id}/draft", response={204: None})
def delete_draft(request: Request, conversation_id: Id) -> None:
    """Throw away what the member is writing in a conversation, with its files."""
    discard_draft(request.viewer, conversation_id=conversation_id)


@router.put("/clients/{client_id}/draft", response=DraftShown)
def put_new_draft(request: Request, client_id: Id, body: NewDraftBody) -> DraftShown:
    """Keep what the member is writing to begin a conversation about a client, in place of what was kept."""
    viewer = request.viewer
    members = set(Member.objects.active().filter(pk__in=body.participants).values_list("pk", flat=True))
    draft = TalkDraft(
        client_id=client_id,
        parties=tuple(each for each in body.participants if each not in members),
        members=tuple(each for each in body.participants if each in members),
        about=body.about,
        kind=body.kind,
        confidential=body.confidential,
    )
    if not body.body.strip():
        raise Invalid(body=SAY)
    kept = save_new_draft(viewer, draft=draft, body=body.body, draft_id=new_id())
    if kept is None:
        raise Invalid(body=SAY)
    return _new(kept)


@router.delete("/clients/{client_id}/draft", response={204: None})
def delete_new_draft(request: Request, client_id: Id) -> None:
    """Throw away what the member is writing to begin a conversation about a client."""
    client_for(request.viewer, client_id, Action.MESSAGES_SEND)
    discard_new_draft(request.viewer, client_id=client_id)


def _shown(row: Draft) -> DraftShown:
    talk = row.conversation
    return DraftShown(
        id=row.pk,
        client_id=talk.client_id,
        conversation_id=talk.pk,
        participants=[],
        about=talk.subject or None,
        kind=talk.kind,  # type: ignore[arg-type]
        confidential=talk.confidential,
        body=row.body,
        kept_at=row.kept_at,
        send_at=row.send_at,
        problem=row.problem or None,
    )


def _new(row: NewDraft) -> DraftShown:
    return DraftShown(
        id=row.pk,
        client_id=row.client_id,
        conversation_id=None,
        participants=[*row.parties, *row.members],
        about=row.subject or None,
        kind=row.kind,  # type: ignore[arg-type]
        confidential=row.confidential,
        body=row.body,
        kept_at=row.kept_at,
        send_at=None,
        problem=None,
    )


@router.get("/message-templates", response=Page[TemplateShown])
def list_templates(request: Request, asked: Query[Asked]) -> Page[TemplateShown]:
    """Words that are used again, by name."""
    require(request.viewer, Action.MESSAGES_SEND)
    rows = Template.objects.all()  # whoever writes messages may use them
    found, more = page_of(rows, asked, "name", "pk")
    record(request.viewer, "templates.listed", count=len(found))
    return Page[TemplateShown](items=[_template(each) for each in found], next=more)


@router.post("/message-templates", response={201: TemplateShown})
def create_template(request: Request, body: TemplateBody) -> TemplateShown:
    """Add words that are used again."""
    return _template(save_template(request.viewer, name=body.name, body=body.body))


@router.get("/message-templates/{template_id}", response=TemplateShown)
def read_template(request: Request, template_id: Id) -> TemplateShown:
    """One of them, for whoever may change it."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    return _template(_found(template_id))


@router.patch("/message-templates/{template_id}", response=TemplateShown)
def change_template(request: Request, template_id: Id, body: TemplateChange) -> TemplateShown:
    """Change words that are used again; messages sent with them stay."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    Template.objects.select_for_update().filter(pk=template_id).first()
    found = _found(template_id)
    require_match(request, _template(found))
    name = found.name if body.name is None else body.name
    words = found.body if body.body is None else body.body
    return _template(save_template(request.viewer, name=name, body=words, template_id=found.pk))


@router.delete("/message-templates/{template_id}", response={204: None})
def delete_template(request: Request, template_id: Id) -> None:
    """Remove words that are used no more; messages sent with them stay."""
    remove_template(request.viewer, template_id=template_id)


def _found(template_id: UUID) -> Template:
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        raise Unknown
    return found


def _template(row: Template) -> TemplateShown:
    return TemplateShown(id=row.pk, name=row.name, body=row.body)

"""What goes with messages, and what is being written: drafts, sent at once or later."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kinbook.messaging.models.talk import Conversation, Kind, Message, member_or_party
from kinbook.people.models import Client, Party
from kinbook.team.models import Member
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Attachment(PracticeRow):
    """A file sent with a message: never changed, fetched by whoever may read the message, by a name nobody guesses."""

    conversation = PracticeForeignKey(Conversation, on_delete=models.PROTECT)
    message = PracticeForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    position = models.SmallIntegerField()
    secret = models.TextField(help_text="what its address ends with")
    name = models.TextField()
    type = models.TextField()
    size = models.IntegerField()
    sha256 = models.TextField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "secret"], name="attachment_secret"),
            models.UniqueConstraint(fields=["practice", "message", "position"], name="attachment_position"),
        ]


class Draft(PracticeRow):
    """What somebody is writing, one for each conversation; or has written, to be sent at a time.

    A draft's id becomes its message's: sent twice, it is one message.
    """

    conversation = PracticeForeignKey(Conversation, on_delete=models.PROTECT)
    member = PracticeForeignKey(Member, on_delete=models.PROTECT, null=True)
    party = PracticeForeignKey(Party, on_delete=models.PROTECT, null=True)
    body = models.TextField(blank=True, default="")
    kept_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="", help_text="why it was not sent when its time came")

    class Meta:
        constraints = [
            member_or_party("draft_is_one"),
            models.UniqueConstraint(
                fields=["practice", "conversation", "member"], condition=Q(send_at=None), name="one_draft_of_member"
            ),
            models.UniqueConstraint(
                fields=["practice", "conversation", "party"], condition=Q(send_at=None), name="one_draft_of_party"
            ),
        ]


class NewDraft(PracticeRow):
    """What a member is writing to begin a conversation about a client, one for each client; nobody else reads it.

    Its id becomes that of the conversation and of its first message: sent twice, they are one.
    """

    client = PracticeForeignKey(Client, on_delete=models.CASCADE)
    member = PracticeForeignKey(Member, on_delete=models.CASCADE)
    parties = ArrayField(models.UUIDField(), default=list, help_text="to whom outside")
    members = ArrayField(models.UUIDField(), default=list, help_text="who else of the team")
    kind = models.TextField(choices=Kind.choices, default=Kind.CLINICAL)
    subject = models.TextField(blank=True, default="")
    confidential = models.BooleanField(default=False)
    body = models.TextField(blank=True, default="")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "member", "client"], name="one_new_draft")]


class DraftFile(PracticeRow):
    """A file that was brought for a draft, cleaned and looked at already."""

    draft = PracticeForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    position = models.SmallIntegerField()
    name = models.TextField()
    type = models.TextField()
    size = models.IntegerField()
    sha256 = models.TextField()
    content = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["practice", "draft", "position"], name="files_of_draft")]

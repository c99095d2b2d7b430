"""Forms of messages: text in, typed values out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.messaging.commands.start import LONGEST_SUBJECT, TalkDraft
from kinbook.messaging.models import Fact, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from kinbook.messaging.queries.family import Reachable
    from kinbook.messaging.queries.readers import Reader

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
WORDS = forms.Textarea(attrs={"rows": 3})


class MessageForm(forms.Form):
    """What is written in a conversation, under an id that the browser made."""

    body = forms.CharField(required=False, strip=False)
    message_id = forms.UUIDField(required=False)


class LaterForm(MessageForm):
    """What is to be sent at a time on the practice's clock."""

    send_at = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M"], error_messages={"required": "Choose when.", "invalid": "Choose when."}
    )

    def moment(self, zone: ZoneInfo) -> datetime:
        """Return when, as the practice's clock shows it."""
        found: datetime = self.cleaned_data["send_at"]
        return found.replace(tzinfo=zone)


class NewTalkForm(forms.Form):
    """A conversation to begin, with its first message."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.MultipleChoiceField(required=False, label="To", widget=forms.CheckboxSelectMultiple)
    team = forms.MultipleChoiceField(required=False, label="Also of the team", widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(choices=Kind.choices, initial=Kind.CLINICAL)
    about = forms.CharField(required=False, max_length=LONGEST_SUBJECT, label="Subject", help_text="Never in a notice.")
    confidential = forms.BooleanField(
        required=False, label="Confidential to the client", help_text="Only the client and who treats them can read it."
    )
    body = forms.CharField(label="Message", strip=False, widget=forms.Textarea(attrs={"rows": 5}))
    conversation_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    message_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, people: Sequence[Reachable], team: Sequence[Reader], **more: Any) -> None:
        """Offer who may be written to about the client, and who of the team could take part."""
        super().__init__(data, **more)
        self.fields["to"].choices = [(str(each.party.pk), each.party.name) for each in people]  # type: ignore[attr-defined]
        self.fields["team"].choices = [(str(each.member_id), each.name) for each in team]  # type: ignore[attr-defined]

    @property
    def draft(self) -> TalkDraft:
        """The conversation as wanted."""
        values = self.cleaned_data
        return TalkDraft(
            client_id=values["client_id"],
            parties=tuple(UUID(each) for each in values["to"]),
            members=tuple(UUID(each) for each in values["team"]),
            about=values["about"],
            kind=values["kind"],
            confidential=values["confidential"],
        )


class RetractForm(forms.Form):
    """Why a message is taken back."""

    reason = forms.CharField(
        required=False,
        max_length=2000,
        widget=WORDS,
        label="Reason",
        help_text="Everybody in the conversation reads it.",
    )


class AwayForm(forms.Form):
    """From when to when somebody is away, and what is answered."""

    starts_on = forms.DateField(label="From", widget=DATE)
    last_on = forms.DateField(label="Last day away", widget=DATE)
    words = forms.CharField(label="Answer", max_length=2000, widget=WORDS)
    emergency = forms.CharField(label="In an emergency", max_length=2000, widget=WORDS)


class MessagesForm(forms.Form):
    """What holds for messages in the practice."""

    on = forms.BooleanField(
        required=False, label="Messages are on", help_text="The team writes with clients and contacts."
    )
    for_new = forms.BooleanField(
        required=False,
        label="New portal users may write",
        help_text="What the box Messages begins with when somebody is let into the portal.",
    )
    notice_minutes = forms.IntegerField(
        min_value=1,
        max_value=1440,
        label="Minutes until an e-mail",
        help_text="So long unread, one e-mail says that a message waits: without a name, a subject or a word of it.",
    )


class TemplateForm(forms.Form):
    """Words that are used again."""

    name = forms.CharField(max_length=80)
    body = forms.CharField(label="Words", max_length=10_000, widget=forms.Textarea(attrs={"rows": 8}))


class FactForm(forms.Form):
    """What holds about two people around a client."""

    one = forms.UUIDField(label="Who")
    other = forms.UUIDField(label="and who")
    fact = forms.ChoiceField(choices=Fact.choices, label="What holds")
    note = forms.CharField(required=False, max_length=500, label="Note", help_text="Who agreed, when; which order.")

"""Conversations, what is said in them, what is being written, and what the practice settled about them."""

from kinbook.messaging.models.continued import Continuation
from kinbook.messaging.models.settled import Absence, Fact, FamilyFact, Template
from kinbook.messaging.models.talk import Conversation, Kind, Message, Participant, Seen
from kinbook.messaging.models.writing import Attachment, Draft, DraftFile, NewDraft

__all__ = [
    "Absence",
    "Attachment",
    "Continuation",
    "Conversation",
    "Draft",
    "DraftFile",
    "Fact",
    "FamilyFact",
    "Kind",
    "Message",
    "NewDraft",
    "Participant",
    "Seen",
    "Template",
]

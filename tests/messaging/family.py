"""Mia and Leo Ortiz with messages open to their parents and to Mia; portal persons as viewers."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from kinbook.access.models import PortalGrant
from kinbook.messaging.commands.drafts import bring_file
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.reading import note_seen
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.commands.settling import save_template, set_absence, set_messages, settle_family
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.models import Message
from kinbook.people.models import Client
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Viewer, ViewerKind
from tests.cast import Cast

NAMES = {"ana": "Ana Ortiz", "ben": "Ben Ortiz", "mia": "Mia Ortiz"}


@dataclass
class Family:
    """The cast with messages switched on, Mia's and Leo's, and who may be written to."""

    cast: Cast
    mia: Client
    leo: Client

    @property
    def people(self) -> dict[str, UUID]:
        return {**self.cast.people, "mia": self.mia.party_id, "leo": self.leo.party_id}

    def as_(self, name: str, now: datetime | None = None):
        """Act as a member of the team, or in the portal as one of the family."""
        return self.in_portal(name, now) if name in self.people else self.cast.as_(name, now)

    def in_portal(self, name: str, now: datetime | None = None):
        return in_portal(self.cast, self.people[name], NAMES[name], now)

    def start(self, viewer, *names, client=None, **more):
        """Begin a conversation about Mia, or another, with some of the family or the team."""
        parties = tuple(self.people[name] for name in names if name in self.people)
        members = tuple(self.cast.members[name] for name in names if name in self.cast.members)
        draft = TalkDraft((client or self.mia).pk, parties, members, **more)
        return start_conversation(viewer, draft=draft)

    def talk(self, *names, by="kim", said=(), **more):
        """Begin a conversation with what was said in it: pairs of who and what."""
        with self.as_(by) as viewer:
            talk = self.start(viewer, *names, **more)
        for who, words in said:
            self.say(who, talk, words)
        return talk

    def say(self, who, talk, words, now=None, **more):
        with self.as_(who, now) as viewer:
            return send_message(viewer, conversation_id=talk.pk, body=words, **more)


@contextmanager
def in_portal(cast, party_id: UUID, name="Somebody", now: datetime | None = None):
    """Act as a person in the portal."""
    identity = Identity(cast.practice_id, ViewerKind.PORTAL, party_id)
    with acting_as(identity):
        yield Viewer(
            practice_id=identity.practice_id,
            kind=identity.kind,
            id=identity.id,
            now=now or cast.now,
            zone=ZoneInfo("America/New_York"),
            name=name,
        )


def open_portal(cast, client, *parties):
    for party_id in parties:
        PortalGrant.objects.update_or_create(
            practice_id=cast.practice_id, client=client, party_id=party_id, defaults={"access": True, "messages": True}
        )


def set_family(cast) -> Family:
    with cast.as_("owner") as viewer:
        set_messages(viewer, on=True, for_new=True, notice_minutes=10)
        mia = Client.objects.filter(pk=cast.clients.get("mia")).first() or cast.child(viewer, "Mia")
        leo = cast.child(viewer, "Leo")
        ana, ben = cast.people["ana"], cast.people["ben"]
        open_portal(cast, mia, ana, ben, mia.party_id)
        open_portal(cast, leo, ana, ben)
    return Family(cast, mia, leo)


def tell_everything(cast) -> Family:
    """Enter a row of every kind: a talk with a file that was read, a draft with a file, and what was settled."""
    family = set_family(cast)
    letter = Brought("Letter.txt", b"Dear Ana")
    talk = family.talk("ana", said=[("ana", "Hello from Ana")])
    family.say("kim", talk, "Look", attachments=[letter])
    family.talk("ben", said=[("ben", "Hello from Ben")])
    with family.as_("ana") as viewer:
        note_seen(viewer, Message.objects.values_list("pk", flat=True))
        bring_file(viewer, conversation_id=talk.pk, brought=letter)
    with family.as_("kim") as viewer:
        note_seen(viewer, Message.objects.values_list("pk", flat=True))
        bring_file(viewer, conversation_id=talk.pk, brought=letter)
        set_absence(viewer, starts_on=viewer.today, last_on=viewer.today, words="Away", emergency="Call 911")
        pair = (family.people["ana"], family.people["ben"])
        settle_family(viewer, client_id=family.mia.pk, parties=pair, fact="apart")
    with family.as_("owner") as viewer:
        save_template(viewer, name="Welcome", body="Welcome to the practice")
    return family

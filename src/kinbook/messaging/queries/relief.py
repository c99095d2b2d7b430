"""Which of somebody's conversations go on with another when they are away or leave, and which do not, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce

from kinbook.access.actions import Action
from kinbook.access.models import PortalOpen
from kinbook.access.policy import clients_in_reach
from kinbook.messaging.models import Continuation, Conversation, Participant
from kinbook.messaging.queries.family import reachable, why_apart
from kinbook.messaging.queries.readers import could_read
from kinbook.team.queries import viewer_of
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

QUIET = timedelta(days=180)
"""A conversation in which nothing was said for so long is not going on: nobody takes it over."""


@dataclass(frozen=True, slots=True)
class Relief:
    """Who answers in place of whom about which clients: from a day until they are back, or for good."""

    member_id: UUID
    to_id: UUID
    on: date
    back_on: date | None
    clients: frozenset[UUID]

    @property
    def leaves(self) -> bool:
        """Tell whether it is for good."""
        return self.back_on is None


@dataclass(frozen=True, slots=True)
class Handed:
    """A conversation that goes on with another, from and until a day.

    `known` is where it goes on already: with the same one, and then for good; or with somebody else, until that day.
    """

    talk: Any
    starts_on: date
    until: date | None
    known: Continuation | None = None
    is_known_for_good: bool = False


@dataclass(frozen=True, slots=True)
class HandedTalks:
    """What becomes of conversations: those that go on, how many do not and why, those that end with who leaves."""

    going: list[Handed]
    staying: list[tuple[str, int]]
    ending: list[Conversation]
    by: Viewer | None


def handed_talks(viewer: Viewer, relief: Relief) -> HandedTalks:
    """Return what becomes of somebody's conversations; those about records closed to the viewer stay as they are."""
    on = max(viewer.now, datetime.combine(relief.on, time.min, viewer.zone))
    by = viewer_of(Identity(viewer.practice_id, ViewerKind.MEMBER, relief.to_id), now=on)
    talks = list(_talks(viewer, relief))
    facts = _Facts(viewer, relief, by, _opened(talks), *_ways(talks))
    going, ending, reasons = [], [], Counter[str]()
    for talk in talks:
        handed = _when(facts, talk)
        if handed is None:
            continue
        why = _why_not(facts, talk)
        if why is None:
            going.append(handed)
            continue
        if why:
            reasons[why] += 1
        if relief.leaves and talk.outside and not talk.inside and not handed.known:
            ending.append(talk)
    return HandedTalks(going, sorted(reasons.items()), ending, by)


def _talks(viewer: Viewer, relief: Relief) -> Any:
    """Return the conversations in which something was said, with whoever takes part beside the member."""
    others = Participant.objects.filter(conversation_id=OuterRef("pk")).exclude(member_id=relief.member_id)
    outside = others.filter(party__isnull=False).values_list(Coalesce("party__merged_into_id", "party_id"))
    inside = others.filter(member__left_on=None, member__isnull=False).values_list("member_id")
    mine = Participant.objects.filter(member_id=relief.member_id).values("conversation_id")
    rows = Conversation.objects.filter(clients_in_reach(viewer, Action.CLIENT_ASSIGN), pk__in=mine, last_number__gt=0)
    rows = rows.annotate(outside=ArraySubquery(outside), inside=ArraySubquery(inside))
    return rows.select_related("client__party").order_by("client_id", "pk")


def _opened(talks: Iterable[Any]) -> set[tuple[UUID, UUID]]:
    """Return for which clients messages are open to whom."""
    opened = PortalOpen.objects.filter(client_id__in={each.client_id for each in talks}, messages=True)
    return set(opened.values_list("client_id", "party_id"))


def _ways(talks: Iterable[Any]) -> tuple[dict[UUID, list[Continuation]], dict[UUID, Continuation]]:
    """Return where conversations go on already, the latest first, and what they continue."""
    ids = [each.pk for each in talks]
    onward, back = defaultdict(list), {}
    rows = Continuation.objects.filter(Q(conversation_id__in=ids) | Q(next_id__in=ids)).order_by("-starts_on", "pk")
    for each in rows.prefetch_related("next__participants"):
        onward[each.conversation_id].append(each)
        if each.next_id:
            back[each.next_id] = each
    return onward, back


@dataclass(frozen=True, slots=True)
class _Facts:
    viewer: Viewer
    relief: Relief
    by: Viewer | None
    opened: set[tuple[UUID, UUID]]
    onward: dict[UUID, list[Continuation]]
    back: dict[UUID, Continuation]


def _when(facts: _Facts, talk: Any) -> Handed | None:
    """Return from and until when a conversation needs somebody else; None where it does not."""
    relief, back = facts.relief, facts.back.get(talk.pk)
    if relief.to_id in talk.inside or (back and back.is_over(relief.on)):
        return None
    starts_on = max(relief.on, back.starts_on) if back else relief.on
    ends = [each for each in (relief.back_on, back.until if back else None) if each]
    until = min(ends) if ends else None
    known = next((each for each in facts.onward[talk.pk] if not each.is_over(starts_on)), None)
    if known is None or (until and known.starts_on >= until):
        return Handed(talk, starts_on, until)
    if not relief.leaves or known.next is None or known.until is None:
        return None
    is_same = any(each.member_id == relief.to_id for each in known.next.participants.all())
    return Handed(talk, starts_on, until, known, is_same)


def _why_not(facts: _Facts, talk: Any) -> str | None:
    """Return why nobody takes a conversation over, "" where that goes without saying; None where somebody does."""
    relief, by = facts.relief, facts.by
    heard = any((talk.client_id, party) in facts.opened for party in talk.outside)
    if not (heard if talk.outside else talk.inside):
        return ""
    if talk.last_at < facts.viewer.now - QUIET:
        return "quiet for half a year" if relief.leaves else ""
    if talk.client_id not in relief.clients:
        return "about clients who are not handed over"
    return _why_not_read(by, talk) or (_why_apart(facts, talk) if len(talk.outside) > 1 else None)


def _why_not_read(by: Viewer | None, talk: Any) -> str:
    if by is None:
        return "nobody has a role by then"
    if not could_read(by, talk.client_id, talk.kind):
        return f"{by.name} may not read conversations of that kind"
    if talk.confidential and not could_read(by, talk.client_id, talk.kind, confidential=True):
        return f"told in confidence, and {by.name} does not treat clients"
    return ""


def _why_apart(facts: _Facts, talk: Any) -> str | None:
    people = [each for each in reachable(facts.viewer, talk.client) if each.party.pk in talk.outside]
    return (
        "between people who are not written to together any more"
        if why_apart(facts.viewer, talk.client, people)
        else None
    )

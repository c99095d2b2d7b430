"""What the practice, a client or a member settled about messages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.messaging.commands.taking_part import read_words
from kinbook.messaging.models import Absence, Fact, FamilyFact, Template
from kinbook.messaging.queries.family import ordered, reachable
from kinbook.people.queries import locked_client
from kinbook.tenancy.models import Practice, holds_on
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LONGEST_AWAY = timedelta(days=366)
LONGEST_NOTE = 500


@transaction.atomic
def set_messages(
    viewer: Viewer, *, on: bool, for_new: bool, notice_minutes: int, version: int | None = None
) -> Practice:
    """Switch messages on or off for the practice, and say what holds for new portal users and for letters."""
    require(viewer, Action.PRACTICE_SETTINGS)
    practice = Practice.objects.select_for_update().get(pk=viewer.practice_id)
    practice.require_version(version)
    if not 1 <= notice_minutes <= 1440:
        raise Invalid(notice_minutes="Between 1 minute and 1,440, a day.")
    before = _of(practice)
    practice.messages_on, practice.messages_for_new, practice.notice_minutes = on, for_new, notice_minutes
    practice.save()
    record(viewer, "practice.messages_changed", practice, changed=changes(before, _of(practice)))
    return practice


def _of(practice: Practice) -> dict[str, object]:
    return {
        "messages_on": practice.messages_on,
        "messages_for_new": practice.messages_for_new,
        "notice_minutes": practice.notice_minutes,
    }


@transaction.atomic
def switch_client(viewer: Viewer, *, client_id: UUID, on: bool) -> None:
    """Switch messages with a client and its contacts on or off; what was written stays."""
    require(viewer, Action.CLIENT_EDIT, client_id)
    client = locked_client(client_id)
    before = client.messages
    client.messages = on
    client.version += 1
    client.save()
    record(viewer, "client.messages_switched", client, client_id=client.pk, changed=changes({"on": before}, {"on": on}))


@transaction.atomic
def settle_family(
    viewer: Viewer, *, client_id: UUID, parties: tuple[UUID, UUID], fact: str, note: str = ""
) -> FamilyFact:
    """Record from today that two people around a client may be written to together, or are kept apart."""
    require(viewer, Action.CLIENT_EDIT, client_id)
    client = locked_client(client_id)
    if fact not in Fact.values:
        raise Invalid(fact="Choose what holds.")
    if len(note) > LONGEST_NOTE:
        raise Invalid(note=f"At most {LONGEST_NOTE} characters.")
    known = {each.party.pk for each in reachable(viewer, client)}
    if len(set(parties)) < 2 or set(parties) - known:
        raise Invalid(parties="Choose two different people around this client.")
    one, other = ordered(*parties)
    held = FamilyFact.objects.filter(holds_on(viewer.today), client=client, one_id=one, other_id=other, fact=fact)
    if held.exists():
        raise Conflict("That is recorded already.")
    made = FamilyFact.objects.create(
        practice_id=viewer.practice_id,
        client=client,
        one_id=one,
        other_id=other,
        fact=fact,
        starts_on=viewer.today,
        note=note.strip(),
        recorded_by=viewer.name,
        recorded_at=viewer.now,
    )
    record(viewer, "family_fact.recorded", made, client_id=client.pk, fact=fact, parties=[str(one), str(other)])
    return made


@transaction.atomic
def end_family_fact(viewer: Viewer, *, client_id: UUID, fact_id: UUID) -> None:
    """End from today what was settled about two people; one recorded today is taken back whole."""
    require(viewer, Action.CLIENT_EDIT, client_id)
    held = FamilyFact.objects.filter(holds_on(viewer.today), pk=fact_id, client_id=client_id).first()
    if held is None:
        raise Unknown
    record(viewer, "family_fact.ended", held, client_id=client_id, fact=held.fact)
    if held.starts_on == viewer.today:
        held.delete()
    else:
        held.until = viewer.today
        held.save()


@transaction.atomic
def set_absence(viewer: Viewer, *, starts_on: date, last_on: date, words: str, emergency: str) -> Absence:
    """Say from when to when the viewer is away; replaces what of theirs is not over."""
    require(viewer, Action.MESSAGES_SEND)
    if last_on < starts_on:
        raise Invalid(last_on="The last day is not before the first.")
    if last_on < viewer.today:
        raise Invalid(last_on="This is over already.")
    if last_on - starts_on > LONGEST_AWAY:
        raise Invalid(last_on="At most a year at once.")
    said, in_need = _said(words, "words"), _said(emergency, "emergency")
    Absence.objects.filter(member_id=viewer.id, until__gt=viewer.today).delete()
    until = last_on + timedelta(days=1)
    try:
        with transaction.atomic():
            made = Absence.objects.create(
                practice_id=viewer.practice_id,
                member_id=viewer.id,
                starts_on=starts_on,
                until=until,
                words=said,
                emergency=in_need,
            )
    except IntegrityError:
        raise Invalid(starts_on="You were away then already: begin later.") from None
    record(viewer, "absence.set", made, starts_on=str(starts_on), until=str(until))
    return made


def _said(words: str, field: str) -> str:
    try:
        kept = read_words(words)
    except Invalid as wrong:
        raise Invalid(**{field: wrong.problems["body"]}) from None
    if len(kept) > 2000:
        raise Invalid(**{field: "At most 2,000 characters."})
    return kept


@transaction.atomic
def end_absence(viewer: Viewer) -> None:
    """Be back: what of the viewer's absence is not over is taken back."""
    require(viewer, Action.MESSAGES_SEND)
    rows = list(Absence.objects.filter(member_id=viewer.id, until__gt=viewer.today))
    for away in rows:
        if away.starts_on >= viewer.today:
            away.delete()
        else:
            away.until = viewer.today
            away.save()
    record(viewer, "absence.ended", count=len(rows))


@transaction.atomic
def save_template(viewer: Viewer, *, name: str, body: str, template_id: UUID | None = None) -> Template:
    """Add words that are used again, or change them."""
    require(viewer, Action.PRACTICE_SETTINGS)
    template = Template(practice_id=viewer.practice_id)
    if template_id:
        found = Template.objects.select_for_update().filter(pk=template_id).first()
        if found is None:
            raise Unknown
        template = found
    template.name = " ".join(name.split())[:80]
    if not template.name:
        raise Invalid(name="Give it a name.")
    if Template.objects.filter(name=template.name).exclude(pk=template.pk).exists():
        raise Invalid(name="There is one with this name already.")
    template.body = read_words(body)
    template.version += 1
    template.save()
    record(viewer, "template.saved", template, name=template.name)
    return template


@transaction.atomic
def remove_template(viewer: Viewer, *, template_id: UUID) -> None:
    """Remove words that are used no more; messages sent with them stay."""
    require(viewer, Action.PRACTICE_SETTINGS)
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        raise Unknown
    record(viewer, "template.removed", found, name=found.name)
    found.delete()

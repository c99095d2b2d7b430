"""The language somebody reads: what they chose in the portal, else the practice's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.invitations.models import Guest
from kinbook.people.queries import same_person
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def languages(ids: Mapping[UUID, Iterable[UUID]], otherwise: str) -> dict[UUID, str]:
    """Return each person's language, "en" or "es", in one query; `ids` are all entries that stand for them."""
    whose = {entry: person for person, entries in ids.items() for entry in entries}
    chosen: dict[UUID, str] = {}
    rows = Guest.objects.filter(party_id__in=whose).exclude(language="").order_by("pk")
    for entry, language in rows.values_list("party_id", "language"):
        chosen.setdefault(whose[entry], language)
    return {person: chosen.get(person, otherwise) for person in ids}


def language_of(viewer: Viewer, party_id: UUID) -> str:
    """Return the language of one person, by the entry that stands for them."""
    practice = Practice.objects.get(pk=viewer.practice_id)
    return languages({party_id: same_person(party_id)}, practice.language)[party_id]

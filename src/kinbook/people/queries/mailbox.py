"""One mailbox, one person: where somebody can be written to and nobody else reads."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models.functions import Coalesce, Lower

from kinbook.people.models import Email
from kinbook.people.queries.finding import same_person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def own_address(party_id: UUID) -> str:
    """Return somebody's first address that may be written to, unless somebody else uses the same one; "" where none."""
    mine = same_person(party_id)
    own = Email.objects.filter(party_id__in=mine, may_email=True).order_by("position", "pk")
    for address in own.values_list("address", flat=True):
        shared = Email.objects.filter(address__iexact=address).exclude(party_id__in=mine)
        if not shared.filter(party__merged_into=None).exists():
            return address
    return ""


def own_addresses(party_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the same for many (each the one that stands for all who were merged); who has none is left out."""
    asked = set(party_ids)
    everybody = Email.objects.annotate(whose=Coalesce("party__merged_into", "party"), plain=Lower("address"))
    own = everybody.filter(whose__in=asked, may_email=True).order_by("position", "pk")
    rows = list(own.values_list("whose", "address", "plain"))
    users: dict[str, set[UUID]] = defaultdict(set)
    for plain, whose in everybody.filter(plain__in={plain for _, _, plain in rows}).values_list("plain", "whose"):
        users[plain].add(whose)
    found: dict[UUID, str] = {}
    for whose, address, plain in rows:
        if len(users[plain]) == 1:
            found.setdefault(whose, address)
    return found

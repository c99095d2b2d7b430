"""One mailbox, one person: where somebody can be written to and nobody else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.people.models import Email
from kinbook.people.queries.finding import same_person

if TYPE_CHECKING:
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

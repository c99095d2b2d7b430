"""Conversations as the family sees them: with the child's name, which only the portal's own view knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.messaging.queries.talks import Filters, TalkRow, talk_list

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.portal.models import Child
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in the list, and about whom it is."""

    row: TalkRow
    about: Child | None


def my_talks(viewer: Viewer, children: list[Child], client_id: UUID | None, after: str = "") -> tuple[list[Talk], str]:
    """Return a page of conversations, the latest first, and where the next one begins; of one child where named."""
    found = talk_list(viewer, Filters(client_id=client_id), after)
    known = {each.pk: each for each in children}
    return [Talk(row, known.get(row.client_id)) for row in found.rows], found.next

"""Under which name clients are listed: it follows the names of the people they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.people.models import Client, Partner

if TYPE_CHECKING:
    from kinbook.people.models import Party


def list_anew(party: Party) -> None:
    """Let the client this person is, and the couples they are one of, be listed under the new name.

    Part of a command.
    """
    from kinbook.people.commands.clients import couple_name

    Client.objects.filter(party=party).update(sort_name=party.sort_name)
    for client_id in Partner.objects.filter(party=party).values_list("client_id", flat=True):
        both = Partner.objects.filter(client_id=client_id).select_related("party").order_by("position")
        one, other = (each.party for each in both)
        Client.objects.filter(pk=client_id).update(couple_name=couple_name(one, other), sort_name=one.sort_name)

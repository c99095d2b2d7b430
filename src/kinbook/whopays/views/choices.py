"""Who can be chosen as a payer, as the chooser shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.whopays.forms.chooser import Choice
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from kinbook.people.models import Client


def choices_for(client: Client) -> list[Choice]:
    """Return the client's possible payers; those without a colour yet are shown in the next free one."""
    options = payer_options(client)
    used = {option.party.slot for option in options if option.party.slot}
    free = iter([slot for slot in range(1, 7) if slot not in used] * 3)
    return [
        Choice(
            id=str(option.party.pk),
            name=option.party.short_name,
            initials=option.party.initials,
            slot=option.party.slot or next(free, 6),
            relation=option.relation,
            is_organization=option.party.is_organization,
        )
        for option in options
    ]

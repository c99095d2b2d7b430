"""The practice's keys at its card processor, as they are used and as they are shown."""

from __future__ import annotations

from kinbook.accounts.sealing import unsealed
from kinbook.cards.models import Keys
from kinbook.cards.processor import Account
from kinbook.tenancy.refused import Conflict

PURPOSE = "processor"
"""What the seal of these keys is for."""
NO_KEYS = "Cards are not set up here: an owner or manager enters the keys under Settings › Integrations."
UNREADABLE = (
    "The keys of the card processor cannot be read: the installation's secret key has changed. Enter them again under "
    "Settings › Integrations."
)


def keys() -> Keys | None:
    """Return the keys of the practice whose transaction is open."""
    return Keys.objects.first()


def account() -> Account:
    """Return the keys as they are used; Conflict where there are none, or none that can be read."""
    found = keys()
    if found is None:
        raise Conflict(NO_KEYS)
    secret = unsealed(found.secret, PURPOSE)
    if secret is None:
        raise Conflict(UNREADABLE)
    webhook = unsealed(found.webhook_secret, PURPOSE) if found.webhook_secret else ""
    return Account(found.publishable, secret, webhook or "")

"""The practice's keys at its card processor: entered, tried, taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require_practice
from kinbook.accounts.sealing import sealed
from kinbook.audit.record import record
from kinbook.cards.models import ON_ITS_WAY, CardCharge, Keys
from kinbook.cards.queries.keys import PURPOSE, keys
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

KEY = re.compile(r"[\w]{8,255}")


@transaction.atomic
def set_keys(viewer: Viewer, *, publishable: str, secret: str = "", webhook_secret: str = "") -> Keys:
    """Keep the keys, the secret ones sealed; a secret that is left empty stays as it is."""
    require_practice(viewer, Action.PRACTICE_SETTINGS)
    before = keys()
    _check(publishable.strip(), secret.strip(), webhook_secret.strip(), before)
    values = {"publishable": publishable.strip(), "set_at": viewer.now, "set_by": viewer.name}
    if secret.strip():
        values |= {"secret": sealed(secret.strip(), PURPOSE), "ending": secret.strip()[-4:]}
    if webhook_secret.strip():
        values |= {"webhook_secret": sealed(webhook_secret.strip(), PURPOSE)}
        values |= {"webhook_ending": webhook_secret.strip()[-4:]}
    first = {**values, "paid_through": viewer.today}
    made, _ = Keys.objects.update_or_create(practice_id=viewer.practice_id, defaults=values, create_defaults=first)
    # never the keys themselves
    record(viewer, "integration.keys_set", secret=bool(secret.strip()), webhook_secret=bool(webhook_secret.strip()))
    return made


def _check(publishable: str, secret: str, webhook_secret: str, before: Keys | None) -> None:
    problems = {}
    if not (publishable.startswith("pk_") and KEY.fullmatch(publishable)):
        problems["publishable"] = "A publishable key begins with pk_."
    if (secret or before is None) and not (secret.startswith(("sk_", "rk_")) and KEY.fullmatch(secret)):
        problems |= {"secret": "A secret key begins with sk_ or rk_."}
    if webhook_secret and not (webhook_secret.startswith("whsec_") and KEY.fullmatch(webhook_secret)):
        problems |= {"webhook_secret": "A signing secret begins with whsec_."}
    if not problems and secret and publishable.startswith("pk_live") != secret.startswith(("sk_live", "rk_live")):
        problems |= {"secret": "One of the two keys is for real money, the other for trying out."}
    if problems:
        raise Invalid(**problems)


@transaction.atomic
def remove_keys(viewer: Viewer) -> None:
    """Take the keys out: nothing is charged from then on. Refused while a charge is on its way."""
    require_practice(viewer, Action.PRACTICE_SETTINGS)
    if CardCharge.objects.filter(state__in=ON_ITS_WAY).exists():
        raise Conflict("A charge is on its way: without the keys nobody would learn how it ends. Try again later.")
    Keys.objects.all().delete()
    record(viewer, "integration.keys_removed")

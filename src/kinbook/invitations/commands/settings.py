"""How the practice keeps its portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.invitations.models import FLAGS, LANGUAGES, PortalSetting
from kinbook.invitations.queries.people import portal_setting
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

FIELDS = ("is_on", "language", "welcome", "bill_years", *(flag for flag in FLAGS if flag != "messages"))
LONGEST_WELCOME = 600


@transaction.atomic
def change_portal_setting(viewer: Viewer, *, fields: dict[str, Any], version: int | None = None) -> PortalSetting:
    """Change how the portal is kept; switched off, it is closed to everybody at their next click."""
    require(viewer, Action.PRACTICE_SETTINGS)
    setting = portal_setting(viewer)
    setting.require_version(version)
    if fields.get("language", "en") not in dict(LANGUAGES):
        raise Invalid(language="Choose one of the languages.")
    if len(fields.get("welcome", "")) > LONGEST_WELCOME:
        raise Invalid(welcome=f"At most {LONGEST_WELCOME} characters.")
    if not 1 <= fields.get("bill_years", 7) <= 30:
        raise Invalid(bill_years="Between 1 and 30 years.")
    before = {name: getattr(setting, name) for name in FIELDS}
    for name in FIELDS:
        setattr(setting, name, fields.get(name, before[name]))
    setting.save()
    after = {name: getattr(setting, name) for name in FIELDS}
    record(viewer, "portal.setting_changed", setting, changed=changes(before, after))
    return setting

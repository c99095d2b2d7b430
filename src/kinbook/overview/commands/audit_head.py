"""The newest seal of the log by mail, every day, to an address outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require, require_all
from kinbook.audit.models import HeadAddress
from kinbook.audit.record import record
from kinbook.audit.verify import newest_seal
from kinbook.mail.commands import write_letter
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

LONGEST = 200


@transaction.atomic
def set_head_address(viewer: Viewer, *, email: str) -> None:
    """Have the newest seal sent to an address every day; an empty one ends it."""
    require(viewer, Action.PRACTICE_SETTINGS)
    require(viewer, Action.AUDIT_ALL)
    address = email.replace("\x00", "").strip()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid(email="This is not an e-mail address.") from None
        if len(address) > LONGEST:
            raise Invalid(email="This is too long for an e-mail address.")
    before = HeadAddress.objects.select_for_update().first()
    if address:
        HeadAddress.objects.update_or_create(practice_id=viewer.practice_id, defaults={"email": address})
    elif before:
        before.delete()
    record(viewer, "audit.head_address_set", before=before.email if before else "", after=address)


@transaction.atomic
def send_head(viewer: Viewer) -> bool:
    """Write today's letter with the newest seal, once a day; returns whether it was written."""
    require_all(viewer, Action.AUDIT_ALL)
    row = HeadAddress.objects.select_for_update().exclude(sent_on__gte=viewer.today).first()
    seal = newest_seal()
    if row is None or seal is None:
        return False
    sealed_at = seal.sealed_at.astimezone(viewer.zone)
    write_letter(
        viewer,
        to=row.email,
        template="audit_head",
        values={"number": seal.number, "digest": seal.digest, "sealed_at": f"{sealed_at:%Y-%m-%d %H:%M %Z}"},
    )
    HeadAddress.objects.filter(pk=row.pk).update(sent_on=viewer.today)
    record(viewer, "audit.head_sent", number=seal.number, digest=seal.digest)
    return True

"""Closing a record and opening it in an emergency, as rows; how people do it is tested where they do it."""

from datetime import timedelta

from kinbook.access.models import Closed, EmergencyAccess, LetIn, PermissionGrant, Restriction
from tests.cast import NOW, TODAY


def close(cast, client_id, *names, kind=Closed.ALL_BUT_NAMED):
    """Close a client's record to all but the members named, or to administrative roles."""
    with cast.as_("owner"):
        Restriction.objects.filter(client_id=client_id, until=None).update(until=TODAY)
        row = Restriction.objects.create(
            practice_id=cast.practice_id,
            client_id=client_id,
            kind=kind,
            reason="A colleague's child",
            starts_on=TODAY,
            closed_by="Dr June Kim",
        )
        for name in names:
            LetIn.objects.create(practice_id=cast.practice_id, restriction=row, member_id=cast.members[name])


def open_in_emergency(cast, name, client_id, starts_at=NOW):
    with cast.as_("owner"):
        EmergencyAccess.objects.create(
            practice_id=cast.practice_id,
            member_id=cast.members[name],
            client_id=client_id,
            reason="Her clinician is in hospital",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=24),
        )


def grant(cast, name, action, scope, *, starts_on=TODAY, until=None):
    with cast.as_("owner"):
        PermissionGrant.objects.create(
            practice_id=cast.practice_id,
            member_id=cast.members[name],
            action=action,
            scope=scope,
            note="Stands in",
            starts_on=starts_on,
            until=until,
        )

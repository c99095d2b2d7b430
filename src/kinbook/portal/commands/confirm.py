"""Confirming an appointment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from kinbook.audit.record import record
from kinbook.portal.queries.visits import visit
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def confirm_visit(viewer: Viewer, *, visit_id: UUID) -> None:
    """Confirm an appointment that is still to come; confirmed again it stays so. Moved later, it is open again."""
    found = visit(visit_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_portal_confirm(%s, %s)", [visit_id, viewer.now])
        (done,) = cursor.fetchone()
    if not done:
        raise Conflict(_("This appointment was changed meanwhile. Look at it again."))
    record(viewer, "appointment.confirmed", found, client_id=found.client_id, starts_at=found.starts_at.isoformat())

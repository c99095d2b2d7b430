"""Appointments: seen, and confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.audit.record import record
from kinbook.portal.commands.confirm import confirm_visit
from kinbook.portal.queries.visits import visits
from kinbook.portal.views.frame import PortalRequest, frame_of, page, told

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


def appointments(request: PortalRequest) -> HttpResponse:
    """What comes, and what was."""
    frame = frame_of(request)
    found = visits(request.viewer, frame.client_ids)
    record(request.viewer, "portal.appointments_viewed", clients=[str(each) for each in frame.client_ids])
    return page(request, "portal/appointments.html", frame, visits=found)


@require_POST
def confirm(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Say that they will come."""
    confirm_visit(request.viewer, visit_id=visit_id)
    url = reverse("portal:home") if "home" in request.POST else reverse("portal:appointments")
    return told(request, url, _("Confirmed. See you then."))

"""Home: the next appointment, what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.audit.record import record
from kinbook.portal.queries.home import Owed, next_visit, owed
from kinbook.portal.views.frame import PortalRequest, frame_of, page

if TYPE_CHECKING:
    from django.http import HttpResponse


def home(request: PortalRequest) -> HttpResponse:
    """What a parent wants to know at a glance."""
    frame = frame_of(request)
    record(request.viewer, "portal.home_viewed", clients=[str(each) for each in frame.client_ids])
    return page(
        request,
        "portal/home.html",
        frame,
        next=next_visit(request.viewer, frame.client_ids),
        owed=owed(request.viewer, frame.client_id) if request.person.sees_bills else Owed(()),
    )

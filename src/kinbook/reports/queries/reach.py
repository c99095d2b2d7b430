"""What of a report a viewer may see: their clients, and where these are not everybody's, their own sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, members_in_reach, reaches_all, reaches_practice
from kinbook.payments.queries import payments_visible_to

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

SEE, MONEY = Action.REPORTS_SEE, Action.AMOUNTS_SEE


def of_money(viewer: Viewer, column: str = "client_id") -> Q:
    """Return the condition that amounts of a row's client are the viewer's to report."""
    return clients_in_reach(viewer, SEE, column) & clients_in_reach(viewer, MONEY, column)


def of_sessions(viewer: Viewer, column: str = "clinician_id") -> Q:
    """Return the condition that a session is the viewer's own, of one they supervise, or anybody's."""
    return members_in_reach(viewer, SEE, column)


def sees_practice(viewer: Viewer) -> bool:
    """Tell whether the viewer is told of the practice's money, and of what belongs to no client."""
    return reaches_practice(viewer, SEE) and reaches_practice(viewer, MONEY)


def sees_all(viewer: Viewer) -> bool:
    """Tell whether the viewer is told of all the practice's money: no record is closed to them."""
    return reaches_all(viewer, SEE) and reaches_all(viewer, MONEY)


def received(viewer: Viewer, lines: QuerySet[Any]) -> QuerySet[Any]:
    """Return those lines of money received that are of payments the viewer may see."""
    if sees_all(viewer):
        return lines
    return lines.filter(entry__payment_id__in=payments_visible_to(viewer).values("pk"))


def narrowed(lines: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Return those lines that what is asked leaves: of one clinician, service, client or payer."""
    if asked.clinician:
        lines = lines.filter(clinician_id=asked.clinician)
    if asked.service:
        lines = lines.filter(service_id=asked.service)
    if asked.client:
        lines = lines.filter(client_id=asked.client)
    if asked.payer:
        lines = lines.filter(payer_id=asked.payer)
    return lines

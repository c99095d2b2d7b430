"""The calendar's contents as the page's script reads them, and overlaps as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.scheduling.queries.conflicts import ConflictKind
from kinbook.scheduling.queries.events import wall

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kinbook.people.models import Party
    from kinbook.scheduling.queries.clinicians import Clinician
    from kinbook.scheduling.queries.conflicts import Conflict
    from kinbook.scheduling.queries.events import Absence, Event, Shown, Window
    from kinbook.tenancy.viewer import Viewer

CLOCK = "%Y-%m-%dT%H:%M"


def feed(shown: Shown, window: Window) -> dict[str, Any]:
    """Return a window's contents as JSON knows them; each payer is told once."""
    payers = {part.party.pk: part.party for event in shown.events for part in event.parts}
    return {
        "start": window.start.isoformat(),
        "until": window.until.isoformat(),
        "clinician": str(window.clinician_id or ""),
        "payers": {str(key): _payer(party) for key, party in payers.items()},
        "events": [_event(each) for each in shown.events],
        "off": [_absence(each) for each in shown.absences],
        "cut": shown.is_cut,
    }


def people(known: Iterable[Clinician]) -> dict[str, Any]:
    """Return the clinicians by id, with their colours."""
    return {str(each.id): {"name": each.name, "initials": each.initials, "colour": each.colour} for each in known}


def _payer(party: Party) -> dict[str, Any]:
    return {
        "name": party.short_name,
        "initials": party.initials,
        "slot": party.slot or 0,
        "org": party.is_organization,
    }


def _event(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "clinician": str(event.clinician_id),
        "start": event.starts.strftime(CLOCK),
        "end": event.ends.strftime(CLOCK),
        "title": event.title,
    }
    if event.id is None:
        return told
    flags = {
        "needs": event.needs_payer,
        "confidential": event.is_confidential,
        "series": event.is_series,
        "video": event.has_video,
        "edit": event.may_edit,
    }
    return {
        **told,
        "id": str(event.id),
        "status": event.status,
        "detail": event.detail,
        "parts": [[str(part.party.pk), part.percent] for part in event.parts],
        "version": event.version,
        **{name: True for name, holds in flags.items() if holds},
    }


def _absence(absence: Absence) -> dict[str, Any]:
    return {
        "id": str(absence.id),
        "clinician": str(absence.member_id),
        "start": absence.starts.strftime(CLOCK),
        "end": absence.ends.strftime(CLOCK),
        "title": absence.title,
    }


def span(starts: datetime, ends: datetime) -> str:
    """Return a span of the wall clock as people read it, with the date where it ends on another."""
    told = f"{starts.hour}:{starts:%M} – {ends.hour}:{ends:%M}"
    return told if starts.date() == ends.date() else f"{told} on {ends.day} {ends:%b}"


def spoken_conflict(viewer: Viewer, conflict: Conflict) -> str:
    """Return an overlap as people say it, on the practice's clock."""
    starts = wall(conflict.starts_at, viewer)
    when = f"{starts:%a} {starts.day} {starts:%b}, {span(starts, wall(conflict.ends_at, viewer))}"
    if conflict.kind is ConflictKind.TIME_OFF:
        return f"Time off: {conflict.title}, {when}" if conflict.title != "Time off" else f"Time off, {when}"
    if conflict.kind is ConflictKind.CLIENT:
        return f"{conflict.title} has another appointment then, {when}"
    return (
        f"The clinician has {conflict.title} then, {when}"
        if conflict.appointment_id
        else f"The clinician is busy, {when}"
    )

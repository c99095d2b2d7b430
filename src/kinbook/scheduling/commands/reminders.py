"""Reminding people of appointments ahead, by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format

from kinbook.access.actions import Action
from kinbook.access.policy import require_all
from kinbook.audit.record import record
from kinbook.invitations.queries.language import language_of
from kinbook.mail.commands import write_letter
from kinbook.papers.spoken import spoken_date
from kinbook.scheduling.models import Appointment
from kinbook.scheduling.queries.reminders import due_reminders
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from kinbook.scheduling.queries.reminders import Recipient
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def remind_of_appointments(viewer: Viewer) -> int:
    """Write to everybody who wants to be told of what begins soon, once each; returns how many were looked at.

    A practice with 0 hours sends nothing. What nobody can be told of is noted as done, so that it is not asked again.
    """
    require_all(viewer, Action.CALENDAR_EDIT)
    hours = Practice.objects.get(pk=viewer.practice_id).reminder_hours
    reminders = due_reminders(viewer, hours) if hours else []
    letters = 0
    for reminder in reminders:
        for recipient in reminder.recipients:
            _write(viewer, reminder.appointment, recipient)
            letters += 1
    Appointment.objects.filter(pk__in=[each.appointment.pk for each in reminders]).update(reminded_at=viewer.now)
    if letters:
        record(viewer, "reminders.sent", letters=letters)
    return len(reminders)


def _write(viewer: Viewer, appointment: Appointment, recipient: Recipient) -> None:
    local = appointment.starts_at.astimezone(viewer.zone)
    place = appointment.location
    with translation.override(language_of(viewer, recipient.party.pk)):
        write_letter(
            viewer,
            to=recipient.address,
            template="reminder",
            values={
                "name": recipient.party.short_name,
                "own": recipient.is_client,
                "client": appointment.client.short_name,
                "day": f"{date_format(local, 'l')}, {spoken_date(local.date())}",
                "time": f"{local.hour}:{local:%M} ({local:%Z})",
                "place": ", ".join(part for part in (place.name, place.street, place.city) if part) if place else "",
                "video_link": appointment.video_link,
            },
            party_id=recipient.party.pk,
        )

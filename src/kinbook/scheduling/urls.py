"""Addresses of the calendar."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from kinbook.scheduling.views import booking, calendar, cards, time_off

app_name = "scheduling"
urlpatterns = [
    path("calendar/", require_safe(calendar.calendar), name="calendar"),
    path("calendar/events/", require_safe(calendar.events), name="events"),
    path("calendar/new/", booking.new_appointment, name="new_appointment"),
    path("calendar/conflicts/", require_POST(booking.conflicts), name="conflicts"),
    path("calendar/clients/", require_safe(booking.client_choices), name="client_choices"),
    path("calendar/time-off/new/", time_off.new_time_off, name="new_time_off"),
    path("calendar/time-off/<uuid:time_off_id>/", require_safe(time_off.time_off), name="time_off"),
    path("calendar/time-off/<uuid:time_off_id>/remove/", require_POST(time_off.remove), name="remove_time_off"),
    path("calendar/<uuid:appointment_id>/", require_safe(cards.appointment), name="appointment"),
    path("calendar/<uuid:appointment_id>/edit/", booking.change, name="change_appointment"),
    path("calendar/<uuid:appointment_id>/move/", require_POST(cards.move), name="move_appointment"),
    path("calendar/<uuid:appointment_id>/status/", require_POST(cards.set_status), name="set_status"),
    path("calendar/<uuid:appointment_id>/payer/", require_POST(cards.set_payer), name="set_payer"),
    path("calendar/<uuid:appointment_id>/split/", require_POST(cards.split_payer), name="split_payer"),
    path("calendar/<uuid:appointment_id>/remove/", cards.remove, name="remove_appointment"),
]

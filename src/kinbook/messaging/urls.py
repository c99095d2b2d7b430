"""Addresses of messages."""

from __future__ import annotations

from django.urls import path

from kinbook.messaging.views import beginning, family, settings, talks, transcript, writing

app_name = "messaging"
ONE = "messages/<uuid:conversation_id>/"
CLIENT = "clients/<uuid:client_id>/messages/"
EDIT = "clients/<uuid:client_id>/edit/messages/"
urlpatterns = [
    path("messages/", talks.messages, name="messages"),
    path("messages/new/", beginning.new, name="new"),
    path("messages/new/clients/", beginning.clients, name="clients"),
    path("messages/new/draft/", beginning.draft, name="new_draft"),
    path("messages/new/draft/<uuid:client_id>/discard/", beginning.discard, name="discard_draft"),
    path("messages/templates/", talks.templates, name="templates"),
    path("messages/away/", settings.away, name="away"),
    path("messages/away/end/", settings.back, name="back"),
    path("messages/later/<uuid:draft_id>/undo/", writing.unschedule, name="unschedule"),
    path("messages/said/<uuid:message_id>/retract/", writing.retract, name="retract"),
    path("messages/file/<uuid:attachment_id>/<str:file_secret>/", talks.file, name="file"),
    path(ONE, talks.talk, name="talk"),
    path(f"{ONE}earlier/", talks.earlier, name="earlier"),
    path(f"{ONE}send/", writing.send, name="send"),
    path(f"{ONE}draft/", writing.draft, name="draft"),
    path(f"{ONE}files/", writing.bring, name="bring"),
    path(f"{ONE}files/<uuid:file_id>/drop/", writing.drop, name="drop"),
    path(f"{ONE}later/", writing.schedule, name="schedule"),
    path(CLIENT, transcript.transcript, name="transcript"),
    path(f"{CLIENT}pdf/", transcript.pdf, name="transcript_pdf"),
    path(f"{CLIENT}json/", transcript.file, name="transcript_json"),
    path(EDIT, family.edit, name="edit"),
    path(f"{EDIT}facts/", family.settle, name="settle"),
    path(f"{EDIT}facts/<uuid:fact_id>/end/", family.end, name="end_fact"),
    path("settings/messages/", settings.messages, name="settings"),
    path("settings/messages/templates/new/", settings.template, name="new_template"),
    path("settings/messages/templates/<uuid:template_id>/", settings.template, name="template"),
    path("settings/messages/templates/<uuid:template_id>/remove/", settings.drop_template, name="remove_template"),
]

"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from kinbook.people import views

app_name = "people"
urlpatterns = [
    path("clients/<uuid:client_id>/edit/", views.edit_client, name="edit_client"),
    path("clients/<uuid:client_id>/edit/clinicians/", views.clinicians, name="clinicians"),
    path("clients/<uuid:client_id>/edit/reminders/", views.reminders, name="reminders"),
    path("people/choose/", views.choose, name="choose"),
    path("people/<uuid:party_id>/", views.party, name="party"),
    path("people/<uuid:party_id>/edit/", views.edit_party, name="edit_party"),
]

"""Addresses of the team."""

from __future__ import annotations

from django.urls import path

from kinbook.team import views

app_name = "team"
urlpatterns = [
    path("settings/team/", views.team, name="team"),
    path("settings/team/new/", views.new_member, name="new_member"),
    path("settings/team/<uuid:member_id>/", views.member, name="member"),
    path("settings/team/<uuid:member_id>/invite/", views.invite, name="invite"),
    path("settings/team/<uuid:member_id>/leave/", views.leave, name="leave"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", views.revoke, name="revoke"),
    path("invitation/<str:secret>/", views.invitation, name="invitation"),
]

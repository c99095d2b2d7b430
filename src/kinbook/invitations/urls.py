"""Addresses of staff's pages about the portal."""

from __future__ import annotations

from django.urls import path

from kinbook.invitations.views import closing, inviting, settings

app_name = "invitations"
PORTAL = "clients/<uuid:client_id>/edit/portal/"
urlpatterns = [
    path(PORTAL, inviting.people, name="people"),
    path(f"{PORTAL}<uuid:party_id>/invite/", inviting.again, name="again"),
    path(f"{PORTAL}<uuid:party_id>/suspend/", closing.suspend, name="suspend"),
    path(f"{PORTAL}<uuid:party_id>/lift/", closing.lift, name="lift"),
    path(f"{PORTAL}<uuid:party_id>/keep/", closing.keep, name="keep"),
    path(f"{PORTAL}<uuid:party_id>/keep/end/", closing.end_kept, name="end_kept"),
    path(f"{PORTAL}<uuid:party_id>/view/", closing.look, name="view_as"),
    path("settings/client-portal/", settings.client_portal, name="client_portal"),
]

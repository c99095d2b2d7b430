"""Addresses of screens that read across."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST

from kinbook.overview.views import access, fee, members
from kinbook.overview.views import screens as views

app_name = "overview"
urlpatterns = [
    path("", views.start, name="start"),
    path("clients/", views.clients, name="clients"),
    path("clients/<uuid:client_id>/", views.client, name="client"),
    path("clients/<uuid:client_id>/billing/", views.billing_of_client, name="client_billing"),
    path("clients/<uuid:client_id>/access/", access.access, name="access"),
    path("clients/<uuid:client_id>/access/close/", access.close, name="close"),
    path("clients/<uuid:client_id>/access/share/", access.share, name="share"),
    path("clients/<uuid:client_id>/access/reopen/", access.reopen, name="reopen"),
    path("clients/<uuid:client_id>/access/emergency/", access.emergency, name="emergency"),
    path("clients/<uuid:client_id>/access/emergency/over/", access.emergency_over, name="emergency_over"),
    path("settings/team/<uuid:member_id>/access/", members.member, name="member"),
    path("settings/team/<uuid:member_id>/roles/", members.new_role, name="new_role"),
    path("settings/team/roles/<uuid:role_id>/end/", members.role_ends, name="end_role"),
    path("settings/team/<uuid:member_id>/permissions/", members.new_permission, name="new_permission"),
    path("settings/team/permissions/<uuid:permission_id>/end/", members.permission_ends, name="end_permission"),
    path("settings/team/<uuid:member_id>/hand-over/", members.handover, name="hand_over"),
    path("settings/closed-records/", access.closed, name="closed_records"),
    path("settings/closed-records/<uuid:restriction_id>/", access.open_closed, name="open_closed"),
    path("calendar/<uuid:appointment_id>/fee/", fee.change_fee, name="change_fee"),
    path("search/", views.search, name="search"),
    path("billing/", views.billing, name="billing"),
    path("settings/audit-log/", views.audit_log, name="audit_log"),
    path("settings/audit-log/head/", require_POST(views.audit_head), name="audit_head"),
    path("settings/audit-log/csv/", views.audit_csv, name="audit_csv"),
    path("settings/audit-log/verify/", require_POST(views.verify_audit), name="verify_audit"),
]

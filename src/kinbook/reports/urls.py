"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from kinbook.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/export/", views.export, name="export"),
    path("reports/export/file/", views.export_file, name="export_file"),
    path("reports/<str:name>/", views.report, name="report"),
    path("reports/<str:name>/csv/", views.report_csv, name="csv"),
]

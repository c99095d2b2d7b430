"""Addresses of periods."""

from __future__ import annotations

from django.urls import path, register_converter

from kinbook.ledger import views

register_converter(views.MonthInAddress, "month")

app_name = "ledger"
urlpatterns = [
    path("billing/periods/", views.periods, name="periods"),
    path("billing/periods/<month:month>/close/", views.close, name="close"),
    path("billing/periods/<month:month>/reopen/", views.reopen, name="reopen"),
]

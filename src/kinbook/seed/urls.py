"""Addresses of the demo."""

from __future__ import annotations

from django.urls import path

from kinbook.seed import views

app_name = "seed"
urlpatterns = [
    path("demo/enter/", views.enter, name="enter"),
    path("demo/enter-portal/", views.enter_portal, name="enter_portal"),
    path("demo/outbox", views.outbox, name="outbox"),
    path("demo/outbox.json", views.outbox_json, name="outbox_json"),
]

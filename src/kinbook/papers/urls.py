"""Addresses of papers."""

from __future__ import annotations

from django.urls import path

from kinbook.papers import views

app_name = "papers"
urlpatterns = [
    path("settings/client-billing/letterhead/", views.letterhead, name="letterhead"),
    path("settings/client-billing/letterhead/sample/", views.sample, name="sample"),
]

"""Addresses of Settings."""

from __future__ import annotations

from django.urls import path

from kinbook.practice import views

app_name = "practice"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/practice/", views.practice, name="practice"),
    path("settings/locations/", views.locations, name="locations"),
    path("settings/locations/new/", views.location, name="new_location"),
    path("settings/locations/<uuid:location_id>/", views.location, name="location"),
    path("settings/services/", views.services, name="services"),
    path("settings/services/new/", views.service, name="new_service"),
    path("settings/services/<uuid:service_id>/", views.service, name="service"),
    path("settings/products/", views.products, name="products"),
    path("settings/products/new/", views.product, name="new_product"),
    path("settings/products/<uuid:product_id>/", views.product, name="product"),
    path("settings/client-billing/", views.client_billing, name="client_billing"),
    path("set-up/", views.first_visit, name="first_visit"),
]

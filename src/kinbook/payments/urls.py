"""Addresses of payments."""

from __future__ import annotations

from django.urls import path

from kinbook.payments import views

app_name = "payments"
urlpatterns = [
    path("billing/payments/", views.payments, name="payments"),
    path("billing/payments/new/", views.new, name="new"),
    path("billing/payments/<uuid:payment_id>/", views.payment, name="payment"),
    path("billing/payments/<uuid:payment_id>/refund/", views.refund, name="refund"),
    path("billing/payments/<uuid:payment_id>/reverse/", views.reverse_it, name="reverse"),
    path("billing/payers/<uuid:party_id>/", views.payer, name="payer"),
    path("billing/payers/<uuid:party_id>/apply/", views.apply, name="apply"),
]

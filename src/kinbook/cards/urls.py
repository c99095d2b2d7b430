"""Addresses of cards."""

from __future__ import annotations

from django.urls import path

from kinbook.cards.views import back, cards, charges, keys, told

app_name = "cards"
urlpatterns = [
    path("settings/integrations/", keys.integrations, name="integrations"),
    path("settings/integrations/test/", keys.test, name="test_keys"),
    path("settings/integrations/remove/", keys.remove, name="remove_keys"),
    path("webhooks/stripe/<uuid:practice_id>/", told.stripe, name="stripe"),
    path("billing/payers/<uuid:party_id>/cards/", cards.of_payer, name="of_payer"),
    path("billing/payers/<uuid:party_id>/cards/new/", cards.new, name="new"),
    path("billing/payers/<uuid:party_id>/cards/set-up/", cards.set_up, name="set_up"),
    path("billing/payers/<uuid:party_id>/autopay/<uuid:client_id>/", cards.autopay, name="autopay"),
    path("billing/cards/<uuid:card_id>/", cards.card, name="card"),
    path("billing/cards/<uuid:card_id>/remove/", cards.remove, name="remove"),
    path("billing/invoices/<uuid:invoice_id>/charge/", charges.charge, name="charge"),
    path("billing/invoices/<uuid:invoice_id>/charges/", charges.of_invoice, name="of_invoice"),
    path("billing/card-charges/<uuid:card_charge_id>/again/", charges.again, name="again"),
    path("billing/card-charges/<uuid:card_charge_id>/answer/", charges.answer, name="answer"),
    path("billing/payments/<uuid:payment_id>/card/", back.of_payment, name="of_payment"),
    path("billing/payments/<uuid:card_payment_id>/refund-to-card/", back.refund, name="refund"),
    path("billing/card-refunds/<uuid:card_refund_id>/answer/", back.refund_answered, name="refund_answered"),
    path("billing/disputes/<uuid:dispute_id>/answer/", back.dispute_answered, name="dispute_answered"),
    path("billing/autopay/", charges.tonight, name="tonight"),
]

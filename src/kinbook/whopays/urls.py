"""Addresses of who pays."""

from __future__ import annotations

from django.urls import path

from kinbook.whopays.views import (
    adding,
    charge,
    contacts,
    discounts,
    manage,
    merging,
    new_client,
    third_parties,
    who_pays,
)

app_name = "whopays"
EDIT = "clients/<uuid:client_id>/edit/"
CONTACT = f"{EDIT}contacts/<uuid:contact_id>/"
COVERAGE = f"{EDIT}billing/third-parties/<uuid:coverage_id>/"
urlpatterns = [
    path("clients/new/", new_client.new_client, name="new_client"),
    path("clients/new/who-pays/", new_client.who_pays_part, name="new_who_pays"),
    path("clients/new/choose/", new_client.choose_row, name="choose_row"),
    path(f"{EDIT}contacts/", contacts.contacts, name="contacts"),
    path(f"{EDIT}contacts/new/", contacts.new_contact, name="new_contact"),
    path(CONTACT, contacts.edit_contact, name="edit_contact"),
    path(f"{CONTACT}manage/", manage.manage, name="manage"),
    path(f"{CONTACT}manage/changes/", manage.consequences, name="manage_changes"),
    path(f"{CONTACT}reminders/", contacts.contact_reminders, name="contact_reminders"),
    path(f"{CONTACT}remove/", contacts.remove_contact, name="remove_contact"),
    path(f"{CONTACT}restore/", contacts.restore_contact, name="restore_contact"),
    path(f"{EDIT}billing/", who_pays.who_pays, name="who_pays"),
    path(f"{EDIT}billing/preview/", who_pays.who_pays_preview, name="who_pays_preview"),
    path(f"{EDIT}billing/invoicing/", who_pays.invoicing, name="invoicing"),
    path(f"{EDIT}billing/end/", who_pays.end, name="end"),
    path(f"{EDIT}billing/third-parties/new/", third_parties.third_party, name="new_third_party"),
    path(COVERAGE, third_parties.third_party, name="third_party"),
    path(f"{COVERAGE}end/", third_parties.end_third_party, name="end_third_party"),
    path(f"{COVERAGE}remove/", third_parties.remove_third_party, name="remove_third_party"),
    path(f"{EDIT}billing/sliding-fee/", discounts.new_discount, name="new_discount"),
    path(f"{EDIT}billing/sliding-fee/<uuid:discount_id>/end/", discounts.end, name="end_discount"),
    path("clients/<uuid:client_id>/billing/charge/", adding.new_charge, name="new_charge"),
    path("charges/<uuid:charge_id>/discount/", discounts.charge_discount, name="charge_discount"),
    path("charges/<uuid:charge_id>/payer/", charge.choose_payer, name="choose_payer"),
    path("people/<uuid:party_id>/merge/", merging.merge, name="merge"),
    path("people/<uuid:party_id>/separate/", merging.separate, name="separate"),
]

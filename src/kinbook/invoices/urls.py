"""Addresses of invoices."""

from __future__ import annotations

from django.urls import path

from kinbook.invoices.views import creating, credit, invoice, late_fees, mailing, readdress, terms

app_name = "invoices"
ONE = "billing/invoices/<uuid:invoice_id>/"
PAYER = "billing/payers/<uuid:party_id>/"
MAILING = "billing/mailings/<uuid:mailing_id>/"
RUN = "billing/runs/<uuid:run_id>/"
urlpatterns = [
    path("billing/invoices/", invoice.invoices, name="invoices"),
    path("billing/late-fees/", late_fees.late_fees, name="late_fees"),
    path("billing/invoices/create/", creating.create, name="create"),
    path("billing/invoices/send/", mailing.send_all, name="send_all"),
    path("billing/remind/", mailing.remind_all, name="remind_all"),
    path(MAILING, mailing.mailing, name="mailing"),
    path(f"{MAILING}progress/", mailing.mailing_progress, name="mailing_progress"),
    path(f"{MAILING}pause/", mailing.pause, name="pause_mailing"),
    path(f"{MAILING}resume/", mailing.resume, name="resume_mailing"),
    path(f"{MAILING}stop/", mailing.stop, name="stop_mailing"),
    path(f"{PAYER}remind/", mailing.remind, name="remind_payer"),
    path(ONE, invoice.invoice, name="invoice"),
    path(f"{ONE}pdf/", invoice.pdf, name="pdf"),
    path(f"{ONE}send/", invoice.send, name="send"),
    path(f"{ONE}void/", invoice.void, name="void"),
    path(f"{ONE}recreate/", invoice.recreate, name="recreate"),
    path(f"{ONE}write-off/", invoice.give_up, name="write_off"),
    path(f"{ONE}write-off/undo/", invoice.take_back, name="undo_write_off"),
    path(f"{ONE}credit/", credit.credit, name="credit"),
    path("billing/credit-notes/<uuid:credit_note_id>/pdf/", credit.credit_pdf, name="credit_pdf"),
    path(f"{ONE}re-address/", readdress.readdress, name="readdress"),
    path(f"{ONE}re-address/preview/", readdress.preview, name="readdress_preview"),
    path(RUN, creating.run, name="run"),
    path(f"{RUN}progress/", creating.run_progress, name="run_progress"),
    path(f"{RUN}pause/", creating.pause, name="pause"),
    path(f"{RUN}resume/", creating.resume, name="resume"),
    path(f"{RUN}void/", creating.void, name="void_run"),
    path("billing/payers/<uuid:organization_id>/terms/", terms.payer_terms, name="payer_terms"),
    path(f"{PAYER}pause/", terms.pause_payer, name="pause_payer"),
    path(f"{PAYER}resume/", terms.resume_payer, name="resume_payer"),
    path("billing/charges/<uuid:charge_id>/invoice/", creating.create_for_charge, name="create_for_charge"),
]

"""Addresses of documents."""

from __future__ import annotations

from django.urls import path

from kinbook.documents.views import diagnoses, documents, making, orders, runs, sending

app_name = "documents"
ONE = "billing/documents/<uuid:document_id>/"
RUN = "billing/documents/runs/<uuid:statement_run_id>/"
CODES = "clients/<uuid:client_id>/edit/diagnoses/"
ORDERS = "clients/<uuid:client_id>/edit/billing/order/"
urlpatterns = [
    path(ORDERS, orders.orders, name="orders"),
    path(f"{ORDERS}full-fee/", orders.full_fee, name="full_fee"),
    path(f"{ORDERS}<uuid:order_id>/end/", orders.end, name="end_order"),
    path(f"{ORDERS}<uuid:order_id>/take-off/", orders.unfile, name="unfile_order"),
    path(CODES, diagnoses.diagnoses, name="diagnoses"),
    path(f"{CODES}<uuid:diagnosis_id>/end/", diagnoses.end, name="end_diagnosis"),
    path(f"{CODES}<uuid:diagnosis_id>/remove/", diagnoses.remove, name="remove_diagnosis"),
    path("billing/documents/", documents.documents, name="documents"),
    path("billing/documents/statement/", making.statement, name="new_statement"),
    path("billing/documents/superbill/", making.superbill, name="new_superbill"),
    path("billing/documents/estimate/", making.estimate, name="new_estimate"),
    path("billing/documents/proof/", making.proof, name="new_proof"),
    path("billing/documents/tax-year/", making.tax_year, name="new_tax_year"),
    path("billing/payments/<uuid:payment_id>/receipt/", making.receipt, name="new_receipt"),
    path("billing/documents/statements/", runs.create, name="create_statements"),
    path(RUN, runs.run, name="run"),
    path(f"{RUN}progress/", runs.run_progress, name="run_progress"),
    path(f"{RUN}pause/", runs.pause, name="pause"),
    path(f"{RUN}resume/", runs.resume, name="resume"),
    path(ONE, documents.document, name="document"),
    path(f"{ONE}pdf/", documents.pdf, name="pdf"),
    path(f"{ONE}approve/", documents.approve, name="approve"),
    path(f"{ONE}send/", sending.send, name="send"),
]

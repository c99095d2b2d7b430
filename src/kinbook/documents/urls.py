"""Addresses of documents."""

from __future__ import annotations

from django.urls import path

from kinbook.documents.views import documents, making

app_name = "documents"
ONE = "billing/documents/<uuid:document_id>/"
urlpatterns = [
    path("billing/documents/", documents.documents, name="documents"),
    path("billing/documents/statement/", making.statement, name="new_statement"),
    path(ONE, documents.document, name="document"),
    path(f"{ONE}pdf/", documents.pdf, name="pdf"),
]

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kinbook.documents"

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kinbook.access"

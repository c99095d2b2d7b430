from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "kinbook.tenancy"

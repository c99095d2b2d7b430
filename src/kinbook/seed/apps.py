from django.apps import AppConfig


class SeedConfig(AppConfig):
    name = "kinbook.seed"

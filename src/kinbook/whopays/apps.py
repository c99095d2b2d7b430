from django.apps import AppConfig


class WhopaysConfig(AppConfig):
    name = "kinbook.whopays"

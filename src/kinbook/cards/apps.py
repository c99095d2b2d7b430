from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "kinbook.cards"

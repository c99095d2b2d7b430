"""Changing a practice's settings, places, services and products."""

from kinbook.practice.commands.clean import clean
from kinbook.practice.commands.places import add_location, change_location
from kinbook.practice.commands.products import add_product, change_product
from kinbook.practice.commands.services import add_service, change_service
from kinbook.practice.commands.settings import change_practice, check_practice

__all__ = [
    "add_location",
    "add_product",
    "add_service",
    "change_location",
    "change_practice",
    "change_product",
    "change_service",
    "check_practice",
    "clean",
]

"""Where the practice sees clients, what it offers them, and what it sells."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from kinbook.tenancy.models import PracticeRow, Versioned


class Location(PracticeRow, Versioned):
    """A place of the practice, or telehealth."""

    name = models.TextField()
    street = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    is_telehealth = models.BooleanField(default=False)
    place_of_service = models.TextField(blank=True, default="", db_default="", help_text="two digits; empty: the usual")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("practice", Lower("name"), name="location_named_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="location_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(place_of_service="") | models.Q(place_of_service__regex="^[0-9]{2}$"),
                name="location_place_of_service",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place_code(self) -> str:
        """The place-of-service code that superbills print: 10 is telehealth in the client's home, 11 an office."""
        return self.place_of_service or ("10" if self.is_telehealth else "11")


class Service(PracticeRow, Versioned):
    """What the practice offers: a fee in cents, a length, and what is charged when an appointment is missed.

    Without `missed_fee_cents` a missed appointment charges its own fee; 0 charges nothing.
    """

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    fee_cents = models.BigIntegerField()
    minutes = models.SmallIntegerField()
    missed_fee_cents = models.BigIntegerField(null=True)
    modifiers = models.TextField(
        blank=True, default="", db_default="", help_text="to the code, as superbills print them"
    )
    units = models.SmallIntegerField(default=1, db_default=1, help_text="of the code, for one appointment")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="service_has_a_name"),
            models.CheckConstraint(condition=models.Q(fee_cents__gte=0), name="service_fee"),
            models.CheckConstraint(
                condition=models.Q(missed_fee_cents=None) | models.Q(missed_fee_cents__gte=0),
                name="service_missed_fee",
            ),
            models.CheckConstraint(condition=models.Q(minutes__range=(1, 1440)), name="service_minutes"),
            models.CheckConstraint(condition=models.Q(units__range=(1, 99)), name="service_units"),
        ]
        indexes = [models.Index(fields=["practice", "name", "id"], name="services_by_name")]

    def __str__(self) -> str:
        return self.name


class Product(PracticeRow, Versioned):
    """What the practice sells beside its services: a workbook, a test; its price in cents."""

    name = models.TextField()
    price_cents = models.BigIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="product_has_a_name"),
            models.CheckConstraint(condition=models.Q(price_cents__gt=0), name="product_price"),
        ]
        indexes = [models.Index(fields=["practice", "name", "id"], name="products_by_name")]

    def __str__(self) -> str:
        return self.name

"""Parties (people and organizations), clients, and the links between them."""

from kinbook.people.models.client import Client, ClientStatus, ClientType, Contact, Partner, Relationship
from kinbook.people.models.party import (
    ADULT_AGE,
    AddressType,
    Email,
    OrganizationKind,
    Party,
    PartyKind,
    Phone,
    PhonePermission,
    SearchWord,
)

__all__ = [
    "ADULT_AGE",
    "AddressType",
    "Client",
    "ClientStatus",
    "ClientType",
    "Contact",
    "Email",
    "OrganizationKind",
    "Partner",
    "Party",
    "PartyKind",
    "Phone",
    "PhonePermission",
    "Relationship",
    "SearchWord",
]

"""A minor's portal must be the minor's: an address or number that a contact also uses opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Lower

from kinbook.access.models import PortalGrant
from kinbook.people.models import Client, ClientType, Contact, Email, Phone
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from kinbook.people.models import Party

WHOSE = (
    "{name} uses this {what} too. A minor’s portal must be the minor’s own, or a parent reads what the minor writes: "
    "enter one that nobody else has."
)


def require_own_reach_of(party: Party) -> None:
    """Refuse an edit that would let a minor with a portal share an address or number with a contact."""
    client = Client.objects.filter(party=party, type=ClientType.MINOR).first()
    if client and PortalGrant.objects.filter(client=client, party=party, access=True).exists():
        require_own_reach(client)


def require_own_reach(client: Client) -> None:
    """Refuse where a minor's e-mail or phone is also one of their contacts'; Invalid names the field and whose."""
    contacts = Contact.objects.filter(client=client).exclude(party=client.party_id).values("party_id")
    merged = Contact.objects.filter(client=client, party__merged_into__isnull=False).values("party__merged_into_id")
    theirs = Q(party_id__in=contacts) | Q(party_id__in=merged)
    own = [address.lower() for address in Email.objects.filter(party=client.party_id).values_list("address", flat=True)]
    mail = Email.objects.annotate(low=Lower("address")).filter(theirs, low__in=own).select_related("party").first()
    if mail:
        raise Invalid(email=WHOSE.format(name=mail.party.name, what="address"))
    digits = Phone.objects.filter(party=client.party_id).values("digits")
    number = Phone.objects.filter(theirs, digits__in=digits).select_related("party").first()
    if number:
        raise Invalid(phone=WHOSE.format(name=number.party.name, what="number"))

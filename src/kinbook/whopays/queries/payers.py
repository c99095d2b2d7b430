"""Who can pay for a client, and who does today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.people.models import Client, Contact, Partner, Party
from kinbook.rules.reading import read_rule
from kinbook.tenancy.models import Automatic, Practice, holds_on
from kinbook.whopays.models import Arrangement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


def possible_payers(client_id: UUID) -> list[UUID]:
    """Return who may be named as a payer: the client or its partners, then its contacts, in the order entered."""
    own = Client.objects.filter(pk=client_id, party__isnull=False).values_list("party_id", flat=True)
    partners = Partner.objects.filter(client_id=client_id).order_by("position").values_list("party_id", flat=True)
    contacts = Contact.objects.filter(client_id=client_id).order_by("position", "pk").values_list("party_id", flat=True)
    named = [each for each in (*own, *partners, *contacts) if each]
    merged = dict(Party.objects.filter(pk__in=named, merged_into__isnull=False).values_list("pk", "merged_into_id"))
    return list(dict.fromkeys([*named, *merged.values()]))


@dataclass(frozen=True, slots=True)
class PayerOption:
    """Somebody who can be chosen as a payer, as the chooser shows them."""

    party: Party
    relation: str


def payer_options(client: Client) -> list[PayerOption]:
    """Return the choices in the order people expect: contacts first for a minor, the client first otherwise."""
    own = [client.party] if client.party else [each.party for each in _partners(client)]
    told = [PayerOption(party, "client") for party in own]
    seen = {party.pk for party in own}
    contacts = []
    for link in Contact.objects.filter(client=client).select_related("party__merged_into").order_by("position", "pk"):
        party = link.party.merged_into or link.party
        if party.pk not in seen:
            seen.add(party.pk)
            contacts.append(PayerOption(party, link.get_relationship_display().lower()))
    return [*contacts, *told] if client.is_minor else [*told, *contacts]


def _partners(client: Client) -> Iterable[Partner]:
    return Partner.objects.filter(client=client).select_related("party").order_by("position")


def responsible_on(client_ids: Iterable[UUID], day: date) -> dict[UUID, list[UUID]]:
    """Return for each client the payers its default rule names on the day: "Responsible for billing"."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Arrangement.objects.filter(holds_on(day), client_id__in=list(client_ids))
    for client_id, rule in rows.values_list("client_id", "rule"):
        found[client_id] = [UUID(payer) for payer in read_rule(rule).method.payers]
    return found


def arrangement_on(client_id: UUID, day: date) -> Arrangement | None:
    """Return the arrangement in force on a day."""
    return Arrangement.objects.filter(holds_on(day), client_id=client_id).first()


def invoicing_modes(viewer: Viewer) -> list[tuple[str, str]]:
    """Return when a client's invoices can make themselves; the first is as the practice does, by name."""
    usual = Automatic(Practice.objects.values_list("automatic_invoices", flat=True).get(pk=viewer.practice_id))
    return [("", f"As the practice does: {str(usual.label).lower()}"), *Automatic.choices]

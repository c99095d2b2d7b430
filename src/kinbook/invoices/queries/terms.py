"""What payers want of their invoices: their reference, their authorization numbers, how clients are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.invoices.models import ClientNamed, PayerTerms, ReminderPause
from kinbook.people.models import Client
from kinbook.people.queries import same_person
from kinbook.whopays.models import Coverage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.invoices.queries.uninvoiced import Open


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the payers of some shares want to stand on their invoices."""

    terms: Mapping[UUID, PayerTerms]
    authorizations: Mapping[UUID, str]
    file_numbers: Mapping[tuple[UUID, UUID], str]
    initials: Mapping[UUID, str]

    def reference(self, payer_id: UUID) -> str:
        """Return what the payer files its invoices under."""
        terms = self.terms.get(payer_id)
        return terms.reference if terms else ""

    def of_line(self, share: Open) -> tuple[str, str]:
        """Return how a line names its client (empty: by name), and its authorization number."""
        authorization = self.authorizations.get(share.coverage_id, "") if share.coverage_id else ""
        return self._named(share), authorization

    def _named(self, share: Open) -> str:
        terms = self.terms.get(share.payer_id)
        if terms is None or terms.clients_named == ClientNamed.FULL_NAME:
            return ""
        number = self.file_numbers.get((share.payer_id, share.client_id), "")
        # without a number of theirs, initials: never more than they asked for
        return number if terms.clients_named == ClientNamed.FILE_NUMBER and number else self.initials[share.client_id]


def wishes_of(shares: Sequence[Open]) -> Wishes:
    """Return what the payers of shares want: a query, and three more where one of them wants anything."""
    terms = {each.party_id: each for each in PayerTerms.objects.filter(party_id__in={one.payer_id for one in shares})}
    covered = {share.coverage_id for share in shares if share.coverage_id}
    authorizations = dict(Coverage.objects.filter(pk__in=covered).values_list("pk", "authorization")) if covered else {}
    clients = {share.client_id for share in shares if share.payer_id in terms}
    if not clients:
        return Wishes(terms, authorizations, {}, {})
    named = Client.objects.filter(pk__in=clients).select_related("party")
    return Wishes(terms, authorizations, _file_numbers(clients), {each.pk: each.initials for each in named})


def _file_numbers(client_ids: set[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Return the newest file number of each organization for each client."""
    rows = Coverage.objects.filter(client_id__in=client_ids).exclude(file_number="").order_by("pk")
    found = rows.values_list("organization_id", "organization__merged_into", "client_id", "file_number")
    return {(root or party, client): number for party, root, client, number in found}


def terms_of(party_id: UUID) -> PayerTerms:
    """Return a payer's terms, those that hold without a row where there is none."""
    return PayerTerms.objects.filter(party_id=party_id).first() or PayerTerms(party_id=party_id)


def pause_of(party_id: UUID, today: date) -> ReminderPause | None:
    """Return a payer's pause of reminders that holds on the day, under whichever of its entries."""
    found = ReminderPause.objects.filter(party_id__in=same_person(party_id)).order_by("-set_at", "pk")
    return next((each for each in found if each.until is None or each.until > today), None)

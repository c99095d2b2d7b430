"""What good-faith estimates say: services that are booked ahead, with codes, dates and what each will cost the payer.

Under the No Surprises Act (45 CFR 149.610) whoever is uninsured or pays by themselves gets one before the visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.documents.models import Diagnosis
from kinbook.documents.queries.addressee import sender
from kinbook.documents.queries.superbills import patient
from kinbook.scheduling.models import Appointment, Status
from kinbook.tenancy.models import holds_on
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from datetime import date

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.people.models import Client
    from kinbook.tenancy.models import Practice


def estimate_content(
    practice: Practice, payer: Addressee, client: Client, *, since: date, through: date
) -> dict[str, Any]:
    """Return what the estimate of one payer's part says, over appointments booked between local dates."""
    visits = Appointment.objects.filter(client=client, status=Status.SCHEDULED, on_date__range=(since, through))
    if client.party_id not in payer.ids:  # what the client has in confidence is on no one else's paper
        visits = visits.filter(confidential=False)
    booked = list(visits.select_related("service", "clinician", "location").order_by("starts_at", "pk"))
    shares = Share.objects.filter(charge_id__in=[each.pk for each in booked], payer_id__in=payer.ids)
    cents: dict[Any, int] = {}
    for charge_id, part in shares.values_list("charge_id", "cents"):
        cents[charge_id] = cents.get(charge_id, 0) + part
    mine = [each for each in booked if each.pk in cents]
    codes = Diagnosis.objects.filter(holds_on(since), client=client).order_by("starts_on", "code")
    providers = {each.clinician_id: each.clinician for each in mine}
    places = {each.location_id: each.location for each in mine if each.location}
    return {
        "from": str(since),
        "to": str(through),
        "practice": {**sender(practice), "npi": practice.npi},
        "payer": payer.printed,
        "client": patient(client),
        "clients": [client.name],
        "diagnoses": [{"code": each.code, "what": each.description} for each in codes],
        "providers": [
            {"name": each.name, "npi": each.npi, "license": each.license}
            for each in sorted(providers.values(), key=lambda each: each.name)
        ],
        "places": sorted(
            ", ".join(part for part in (each.name, each.street, each.city) if part) for each in places.values()
        ),
        "lines": [
            {
                "on": str(each.on_date),
                "code": each.service.code,
                "what": each.service.name,
                "provider": each.clinician.name,
                "cents": cents[each.pk],
                "full_cents": each.fee_cents if client.shows_full_fee and each.fee_cents != cents[each.pk] else None,
            }
            for each in mine
        ],
        "total_cents": sum(cents[each.pk] for each in mine),
    }

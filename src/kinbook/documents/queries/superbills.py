"""What superbills say: sessions a payer was billed for, with codes and providers; and what is missing from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from kinbook.documents.models import Diagnosis
from kinbook.documents.queries.addressee import sender
from kinbook.invoices.models import Allocation, InvoiceLine
from kinbook.rules.periods import spoken_day
from kinbook.scheduling.models import Appointment, Status
from kinbook.whopays.models import ChargeKind, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.people.models import Client
    from kinbook.tenancy.models import Practice


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a superbill should say and does not know: what, where it is entered, and of whom or what."""

    field: str
    sentence: str
    where: str = ""
    id: UUID | None = None
    on: date | None = None


@dataclass(slots=True)
class Superbill:
    """What a superbill says, and what is missing from it."""

    content: dict[str, Any]
    missing: list[Missing] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no session on it."""
        return not self.content["lines"]


def superbill_content(practice: Practice, payer: Addressee, client: Client, *, since: date, through: date) -> Superbill:
    """Return a client's superbill for one payer: that payer's shares of sessions that took place, by service date."""
    rows = _billed(payer, client, since, through)
    visits = _visits(rows)
    codes = list(Diagnosis.objects.filter(client=client).order_by("starts_on", "code"))
    paid = _paid_by_line(rows)
    lines = [
        _line(row, visits[row.charge_id], codes, paid[row.pk], full=client.shows_full_fee)
        for row in rows
        if row.charge_id in visits
    ]
    providers = {visit.clinician_id: visit.clinician for visit in visits.values()}
    used = {code for line in lines for code in line["diagnoses"]}
    content = {
        "from": str(since),
        "to": str(through),
        "practice": {**sender(practice), "npi": practice.npi},
        "payer": payer.printed,
        "client": patient(client),
        "clients": [client.name],
        "lines": lines,
        "providers": [
            {"name": each.name, "npi": each.npi, "license": each.license}
            for each in sorted(providers.values(), key=lambda each: each.name)
        ],
        "diagnoses": _said(codes, used),
        "total_cents": sum(line["cents"] for line in lines),
        "paid_cents": sum(line["paid_cents"] for line in lines),
    }
    found = Superbill(content)
    found.missing = [*_missing_of(practice, client), *_missing_on(rows, visits, lines)]
    found.missing += _waiting(payer, client, since, through)
    return found


def _billed(payer: Addressee, client: Client, since: date, through: date) -> list[InvoiceLine]:
    rows = InvoiceLine.objects.filter(
        client=client,
        invoice__payer_id__in=payer.ids,
        invoice__standing__is_void=False,
        charge__kind=ChargeKind.SESSION,
        on_date__range=(since, through),
    )
    if client.party_id not in payer.ids:  # what the client has in confidence is on no one else's paper
        rows = rows.filter(charge__confidential=False)
    return list(rows.select_related("service").order_by("on_date", "charge__moment", "pk"))


def _visits(rows: Sequence[InvoiceLine]) -> dict[UUID, Appointment]:
    """Return the appointments by charge; only sessions that took place stand on a superbill."""
    shown = Appointment.objects.filter(pk__in=[row.charge_id for row in rows], status=Status.SHOW)
    return {visit.pk: visit for visit in shown.select_related("clinician", "location", "service")}


def _line(row: InvoiceLine, visit: Appointment, codes: Iterable[Diagnosis], paid: int, *, full: bool) -> dict[str, Any]:
    held = [
        each.code for each in codes if each.starts_on <= row.on_date and (not each.until or row.on_date < each.until)
    ]
    return {
        "on": str(row.on_date),
        "code": visit.service.code,
        "modifiers": visit.service.modifiers,
        "units": visit.service.units,
        "what": row.description,
        "place": visit.location.place_code if visit.location else "",
        "provider": visit.clinician.name,
        "diagnoses": list(dict.fromkeys(held)),
        "cents": row.cents,
        "full_cents": row.charge_cents if full and row.charge_cents != row.cents else None,
        "paid_cents": paid,
    }


def _paid_by_line(rows: Sequence[InvoiceLine]) -> dict[UUID, int]:
    """Return what was paid of each line: what settled its invoice for the client, line by line in their order."""
    invoices = {row.invoice_id for row in rows}
    sums = Allocation.objects.filter(invoice_id__in=invoices).values_list("invoice_id", "client_id")
    left = {(invoice, client): cents for invoice, client, cents in sums.annotate(sum=Sum("cents"))}
    paid: dict[UUID, int] = defaultdict(int)
    for line in InvoiceLine.objects.filter(invoice_id__in=invoices).order_by("invoice_id", "position"):
        key = (line.invoice_id, line.client_id)
        paid[line.pk] = min(line.cents, left.get(key, 0))
        left[key] = left.get(key, 0) - paid[line.pk]
    return paid


def patient(client: Client) -> dict[str, Any]:
    """Return what papers say of who receives care: the legal name and the birthday, no address."""
    party = client.party
    born = party.date_of_birth if party else None
    return {"name": party.legal_name if party else client.name, "born": str(born) if born else ""}


def _said(codes: Iterable[Diagnosis], used: set[str]) -> list[dict[str, str]]:
    first = {each.code: each.description for each in codes if each.code in used}
    return [{"code": code, "what": what} for code, what in first.items()]


def _missing_of(practice: Practice, client: Client) -> Iterable[Missing]:
    if not practice.tax_id:
        yield Missing("practice.tax_id", "The practice’s tax ID", "practice")
    if not practice.npi:
        yield Missing("practice.npi", "The practice’s NPI", "practice")
    if client.party and not client.party.date_of_birth:
        yield Missing("client.date_of_birth", f"{client.short_name}’s date of birth", "client", client.pk)


def _missing_on(
    rows: Sequence[InvoiceLine], visits: dict[UUID, Appointment], lines: Sequence[dict[str, Any]]
) -> Iterable[Missing]:
    """Yield what the sessions lack, each thing once."""
    found: dict[tuple[str, object], Missing] = {}
    for visit in visits.values():
        who, what = visit.clinician, visit.service
        if not who.npi:
            found["npi", who.pk] = Missing("provider.npi", f"The NPI of {who.name}", "member", who.pk)
        if not who.license:
            found["license", who.pk] = Missing("provider.license", f"The license of {who.name}", "member", who.pk)
        if not what.code:
            found["code", what.pk] = Missing("service.code", f"The code (CPT) of “{what.name}”", "service", what.pk)
        if not visit.location:
            day = spoken_day(visit.on_date)
            found["place", visit.pk] = Missing(
                "place_of_service", f"Where the session on {day} was", "visit", on=visit.on_date
            )
    yield from found.values()
    without = [line["on"] for line in lines if not line["diagnoses"]]
    if without:
        days = f"{len(without)} session{'s' if len(without) != 1 else ''}"
        client_id = rows[0].client_id
        yield Missing("diagnosis", f"A diagnosis that holds on the date of {days}", "diagnoses", client_id)


def _waiting(payer: Addressee, client: Client, since: date, through: date) -> Iterable[Missing]:
    waiting = Share.objects.filter(
        client=client, payer_id__in=payer.ids, invoice_id=None, billable=True, on_date__range=(since, through)
    ).count()
    if waiting:
        shares = f"{waiting} charge{'s' if waiting != 1 else ''}"
        yield Missing("invoice", f"Invoices: {shares} of these dates wait to be invoiced", "billing", client.pk)

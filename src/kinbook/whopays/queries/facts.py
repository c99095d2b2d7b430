"""From rows to facts: everything about some clients that decides who pays, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from kinbook.people.models import Client, Contact, Partner, Party
from kinbook.rules import facts
from kinbook.rules.arrangement import Arrangement, Coverage, Kind
from kinbook.rules.periods import Period
from kinbook.rules.reading import read_exception, read_rule
from kinbook.whopays import models

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.tenancy.models import Practice


@dataclass(slots=True)
class Rows:
    """The rows of some clients, each kind fetched at once and kept by client."""

    arrangements: dict[UUID, list[models.Arrangement]]
    coverages: dict[UUID, list[models.Coverage]]
    charges: dict[UUID, list[models.Charge]]
    shares: dict[UUID, list[models.Share]]
    overrides: dict[UUID, models.Override]
    own: dict[UUID, set[str]]
    links: dict[UUID, dict[str, date | None]]
    named: dict[UUID, set[str]] = field(default_factory=dict)
    root: dict[str, str] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)


def load_rows(client_ids: Sequence[UUID]) -> Rows:
    """Fetch the rows: six queries and one for names, whatever the number of clients."""
    charges = models.Charge.objects.filter(
        client_id__in=client_ids, state__in=[models.ChargeState.SCHEDULED, models.ChargeState.BILLABLE]
    )
    by_client = _by_client(charges)
    rows = Rows(
        arrangements=_by_client(models.Arrangement.objects.filter(client_id__in=client_ids)),
        coverages=_by_client(models.Coverage.objects.filter(client_id__in=client_ids).order_by("position", "pk")),
        charges=by_client,
        shares=defaultdict(list),
        overrides={each.charge_id: each for each in models.Override.objects.filter(charge__client_id__in=client_ids)},
        own=_own_parties(client_ids),
        links=_links(client_ids),
    )
    for share in models.Share.objects.filter(client_id__in=client_ids).order_by("charge_id", "position"):
        rows.shares[share.charge_id].append(share)
    _load_parties(rows)
    return rows


Row = TypeVar("Row", models.Arrangement, models.Coverage, models.Charge)


def _by_client(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.client_id].append(row)
    return found


def _own_parties(client_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    own: dict[UUID, set[str]] = defaultdict(set)
    for client_id, party_id in Client.objects.filter(pk__in=client_ids).values_list("pk", "party_id"):
        if party_id:
            own[client_id].add(str(party_id))
    for client_id, party_id in Partner.objects.filter(client_id__in=client_ids).values_list("client_id", "party_id"):
        own[client_id].add(str(party_id))
    return own


def _links(client_ids: Sequence[UUID]) -> dict[UUID, dict[str, date | None]]:
    """For each client and contact, the day the last link ends; None while one has no end."""
    links: dict[UUID, dict[str, date | None]] = defaultdict(dict)
    rows = Contact.objects.filter(client_id__in=client_ids).values_list("client_id", "party_id", "until")
    for client_id, party_id, until in rows:
        known = links[client_id].get(str(party_id), until)
        later = None if known is None or until is None else max(known, until)
        links[client_id][str(party_id)] = later
    return links


def _load_parties(rows: Rows) -> None:
    rows.named = _named(rows)
    known = Party.objects.filter(pk__in=set().union(*rows.named.values())).select_related("merged_into")
    for party in known:
        stands = party.merged_into or party
        rows.root[str(party.pk)] = str(stands.pk)
        rows.parties[str(stands.pk)] = stands


def _named(rows: Rows) -> dict[UUID, set[str]]:
    """Return for each client everyone its rows name."""
    named: dict[UUID, set[str]] = defaultdict(set)
    for client_id, arrangements in rows.arrangements.items():
        for each in arrangements:
            named[client_id].update(payer for rule in read_arrangement(each).rules for payer in rule.payers)
    for client_id, coverages in rows.coverages.items():
        named[client_id].update(str(each.organization_id) for each in coverages)
    for shares in rows.shares.values():
        for share in shares:
            named[share.client_id].add(str(share.payer_id))
    for client_id, charges in rows.charges.items():
        overrides = (rows.overrides[each.pk] for each in charges if each.pk in rows.overrides)
        named[client_id].update(payer for each in overrides for payer in read_rule(each.rule).payers)
    for known in (rows.own, rows.links):
        for client_id, parties in known.items():
            named[client_id].update(parties)
    return named


def read_arrangement(row: models.Arrangement, root: dict[str, str] | None = None) -> Arrangement:
    """Return an arrangement's value; `root` names who stands for merged payers."""
    return Arrangement(
        str(row.pk),
        Period(row.starts_on, row.until),
        read_rule(_renamed(row.rule, root)),
        tuple(read_exception(_renamed(each, root)) for each in row.exceptions),
        str(row.counts_with),
    )


def _renamed(value: object, root: dict[str, str] | None) -> object:
    """Replace the ids of merged payers wherever they stand in a rule."""
    if not root:
        return value
    if isinstance(value, str):
        return root.get(value, value)
    if isinstance(value, list):
        return [_renamed(each, root) for each in value]
    if isinstance(value, dict):
        return {root.get(key, key): _renamed(each, root) for key, each in value.items()}
    return value


def facts_of(client_id: UUID, rows: Rows, practice: Practice) -> facts.Facts:
    """Return one client's facts from rows already fetched."""
    renames = {each: stands for each, stands in rows.root.items() if each != stands}
    return facts.Facts(
        charges=tuple(_charge(each, rows, renames) for each in rows.charges.get(client_id, [])),
        arrangements=tuple(read_arrangement(each, renames) for each in rows.arrangements.get(client_id, [])),
        coverages=tuple(_coverage(each, rows) for each in rows.coverages.get(client_id, [])),
        payers=payers_of(client_id, rows),
        guardians_pay_confidential=practice.guardians_pay_confidential,
    )


def payers_of(client_id: UUID, rows: Rows) -> dict[str, facts.Payer]:
    """Return everyone the client's facts may name, with how they stand to the client."""
    own = {rows.root[each] for each in rows.own.get(client_id, ())}
    until: dict[str, date | None] = {}
    for party_id, ends in rows.links.get(client_id, {}).items():
        stands = rows.root[party_id]
        known = until.get(stands, ends)
        until[stands] = None if known is None or ends is None else max(known, ends)
    called = _names(rows, {*own, *until})
    around = {rows.root[each]: rows.parties[rows.root[each]] for each in rows.named.get(client_id, ())}
    return {
        party_id: facts.Payer(
            called.get(party_id) or party.name,
            _kind(party, is_client=party_id in own),
            None if party_id in own else until.get(party_id, _never(party)),
        )
        for party_id, party in around.items()
    }


def _never(party: Party) -> date | None:
    """Say when somebody never linked stopped being a payer: at once; an organization needs no link to cover."""
    return None if party.is_organization else date.min


def _kind(party: Party, *, is_client: bool) -> facts.PayerKind:
    if is_client:
        return facts.PayerKind.CLIENT
    return facts.PayerKind.ORGANIZATION if party.is_organization else facts.PayerKind.CONTACT


def _names(rows: Rows, around: set[str]) -> dict[str, str]:
    """Return first names where they tell people apart, full names where they do not."""
    counts = Counter(rows.parties[each].short_name for each in around)
    return {
        each: rows.parties[each].short_name if counts[rows.parties[each].short_name] == 1 else rows.parties[each].name
        for each in around
    }


def _coverage(row: models.Coverage, rows: Rows) -> Coverage:
    return Coverage(
        id=str(row.pk),
        organization=rows.root[str(row.organization_id)],
        period=Period(row.starts_on, row.until),
        percent=row.percent,
        fixed_cents=row.fixed_cents,
        max_sessions=row.max_sessions,
        max_cents=row.max_cents,
        services=frozenset(row.service_ids),
        missed_fees=row.missed_fees,
        authorization=row.authorization,
    )


def _charge(row: models.Charge, rows: Rows, renames: dict[str, str]) -> facts.Charge:
    override = rows.overrides.get(row.pk)
    return facts.Charge(
        id=str(row.pk),
        kind=Kind(row.kind),
        cents=row.cents - row.lowered_cents,
        on=row.on_date,
        moment=row.moment,
        service=str(row.service_id) if row.service_id else None,
        scheduled=row.state == models.ChargeState.SCHEDULED,
        confidential=row.confidential,
        override=None
        if override is None
        else facts.Override(read_rule(_renamed(override.rule, renames)), override.set_by, override.note),
        fixed=None if row.fixed_order is None else fixed_of(row, rows.shares.get(row.pk, []), rows.root),
    )


def fixed_of(row: models.Charge, shares: Iterable[models.Share], root: dict[str, str] | None = None) -> facts.Fixed:
    """Return a charge's standing decision."""
    root = root or {}
    return facts.Fixed(
        order=row.fixed_order or 0,
        shares=tuple(share_of(each, root) for each in shares),
        rule_key=row.rule_key,
        turn=None if row.turn_id is None else root.get(str(row.turn_id), str(row.turn_id)),
        given=None if row.given is None else {root.get(payer, payer): cents for payer, cents in row.given.items()},
    )


def share_of(row: models.Share, root: dict[str, str] | None = None) -> facts.Share:
    """Return a share's value."""
    return facts.Share(
        payer=(root or {}).get(str(row.payer_id), str(row.payer_id)),
        cents=row.cents,
        reason=row.reason,
        payer_reason=row.payer_reason,
        source=facts.Source(row.source),
        coverage=str(row.coverage_id) if row.coverage_id else None,
    )

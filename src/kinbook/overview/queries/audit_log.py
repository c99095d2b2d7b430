"""The audit log as its page and its file show it: whose entries, in which order, with the clients' names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from kinbook.access.actions import Action
from kinbook.access.policy import closed_to, may
from kinbook.audit.models import HeadAddress, deed
from kinbook.audit.queries import AuditFilters, actions_known, entries, read_id
from kinbook.audit.verify import newest_seal
from kinbook.people.models import Client
from kinbook.people.queries import client_for, named, words_of
from kinbook.team.models import Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.audit.models import Entry
    from kinbook.audit.verify import Head
    from kinbook.tenancy.viewer import Viewer

PAGE = 100
NAMESAKES = 50
LATEST = "-when"
COLUMNS = {"when": "at", "who": "viewer_name", "what": "action", "client": "client_name", "from": "address"}
"""The fields one may sort by; each goes on by time."""

SORTS = {
    "-when": "Newest first",
    "when": "Oldest first",
    "who": "Who, A to Z",
    "-who": "Who, Z to A",
    "what": "What, A to Z",
    "-what": "What, Z to A",
    "client": "Client, A to Z",
    "-client": "Client, Z to A",
    "from": "From, ascending",
    "-from": "From, descending",
}


@dataclass(frozen=True, slots=True)
class LogAsked:
    """Which entries are wanted, in which order, after which; `name` is what a client's name was typed as."""

    filters: AuditFilters
    name: str = ""
    sort: str = LATEST
    after: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> LogAsked:
        """Read from an address; what makes no sense does not narrow."""
        sort = values.get("sort", "")
        return cls(
            AuditFilters.read(values),
            name=values.get("name", "").replace("\x00", "")[:100],
            sort=sort if sort in SORTS else LATEST,
            after=values.get("after", "").replace("\x00", "")[:400],
        )


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line: the entry, and its client where the viewer may open them."""

    entry: Entry
    client: Client | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, what there is to choose from, and the newest seal."""

    rows: list[LogRow]
    next: str
    sees_all: bool
    client: Client | None
    members: list[tuple[UUID, str]]
    actions: list[tuple[str, str]]
    seal: Head | None
    head_address: str


def audit_log_page(viewer: Viewer, asked: LogAsked) -> LogPage:
    """Return one page of the log: everybody's for owners and managers, one's own for the rest."""
    sees_all = may(viewer, Action.AUDIT_ALL)
    client = client_for(viewer, asked.filters.client) if asked.filters.client else None
    found = list(_sorted(viewer, wanted(viewer, asked), asked)[: PAGE + 1])
    shown = found[:PAGE]
    clients = clients_of(viewer, shown)
    return LogPage(
        rows=[LogRow(entry, clients.get(entry.client_id)) for entry in shown],
        next=_after(shown[-1], asked) if len(found) > PAGE else "",
        sees_all=sees_all,
        client=client,
        members=_who(viewer) if sees_all else [],
        actions=[(action, deed(action)) for action in actions_known(viewer)],
        seal=newest_seal() if sees_all else None,
        head_address=(HeadAddress.objects.values_list("email", flat=True).first() or "") if sees_all else "",
    )


def wanted(viewer: Viewer, asked: LogAsked) -> QuerySet[Entry]:
    """Return the entries that are asked for, in no order."""
    rows = entries(viewer, asked.filters, everybody=may(viewer, Action.AUDIT_ALL), closed=closed_to(viewer))
    words = words_of(asked.name)
    if words:
        clients = named(Client.objects.visible_to(viewer), words).values_list("pk", flat=True)
        rows = rows.filter(client_id__in=list(clients[:NAMESAKES]))
    return rows


def clients_of(viewer: Viewer, shown: Iterable[Entry]) -> dict[UUID | None, Client]:
    """Return the entries' clients that the viewer may open, by id."""
    ids = {entry.client_id for entry in shown if entry.client_id}
    found = Client.objects.visible_to(viewer).filter(pk__in=ids).select_related("party")
    return {client.pk: client for client in found}


def _who(viewer: Viewer) -> list[tuple[UUID, str]]:
    members = [(member.pk, str(member.name)) for member in Member.objects.order_by("last_name", "first_name")]
    return [*members, (viewer.practice_id, "Kinbook, by a rule")]


def _sorted(viewer: Viewer, rows: QuerySet[Entry], asked: LogAsked) -> QuerySet[Entry]:
    """Return the entries in the order asked for, those that come after what was shown."""
    name = asked.sort.removeprefix("-")
    if name == "client":
        sort_name = Client.objects.visible_to(viewer).filter(pk=OuterRef("client_id")).values("sort_name")
        rows = rows.annotate(client_name=Coalesce(Subquery(sort_name), Value(""), output_field=TextField()))
    columns = _columns(asked)
    rows = rows.filter(_beyond(asked, columns))
    sign = "-" if asked.sort.startswith("-") else ""
    return rows.order_by(*[f"{sign}{column}" for column in columns])


def _columns(asked: LogAsked) -> list[str]:
    return list(dict.fromkeys([COLUMNS[asked.sort.removeprefix("-")], "at", "pk"]))


def _beyond(asked: LogAsked, columns: list[str]) -> Q:
    """Return the condition that an entry comes after the last one shown; a made-up one begins the log anew."""
    first, at, key = ("~~" + asked.after).rsplit("~", 2)
    try:
        values: dict[str, Any] = {"at": datetime.fromisoformat(at), "pk": read_id(key)}
    except ValueError:
        return Q()
    if values["pk"] is None or values["at"].tzinfo is None:
        return Q()
    values[columns[0]] = values.get(columns[0], first.removeprefix("~~"))
    than = "lt" if asked.sort.startswith("-") else "gt"
    beyond, same = Q(), Q()
    for column in columns:
        beyond |= same & Q(**{f"{column}__{than}": values[column]})
        same &= Q(**{column: values[column]})
    return beyond


def _after(entry: Entry, asked: LogAsked) -> str:
    """Return where the next page begins: after this entry."""
    column = COLUMNS[asked.sort.removeprefix("-")]
    first = "" if column == "at" else getattr(entry, column)
    return f"{first}~{entry.at.isoformat()}~{entry.pk}"


MOST = 50_000
"""Entries in one file; more are asked for by dates."""


def log_rows(viewer: Viewer, asked: LogAsked) -> list[LogRow] | None:
    """Return every entry that is asked for, in its order, for a file; None where there are too many for one."""
    if asked.filters.client:
        client_for(viewer, asked.filters.client)
    whole = replace(asked, after="")
    found = list(_sorted(viewer, wanted(viewer, whole), whole)[: MOST + 1])
    if len(found) > MOST:
        return None
    clients = clients_of(viewer, found)
    return [LogRow(entry, clients.get(entry.client_id)) for entry in found]

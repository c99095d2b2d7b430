"""What a member holds today, as columns of the one statement that makes them the viewer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import DateField, Exists, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, JSONObject

from kinbook.access.matrix import ADMINISTRATIVE, CLINICAL
from kinbook.access.models import Assignment, Closed, EmergencyAccess, LetIn, PermissionGrant, Restriction, RoleGrant
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Grants = list[dict[str, Any]] | None


def columns_held(now: datetime) -> dict[str, Subquery]:
    """Return the columns, each one value, for a statement over members."""
    today: Any = Cast(Func(OuterRef("practice__time_zone"), Value(now), function="timezone"), DateField())
    mine = {"member_id": OuterRef("pk"), "practice_id": OuterRef("practice_id")}
    roles = RoleGrant.objects.filter(member_id=OuterRef("pk")).order_by().values("member_id")
    extra = PermissionGrant.objects.filter(holds_on(today), **mine)
    opened = EmergencyAccess.objects.filter(starts_at__lte=now, ends_at__gt=now, **mine)
    return {
        "granted": _one(roles, JSONBAgg(JSONObject(role="role", starts_on="starts_on", until="until"))),
        "extra": _one(extra, JSONBAgg(JSONObject(action="action", scope="scope"))),
        "closed": _one(
            _closed_but_to_those_let_in(today), JSONBAgg(JSONObject(id="client_id", kind="kind", own="own"))
        ),
        "opened": _one(opened, ArrayAgg("client_id")),
    }


def _one(rows: QuerySet[Any, Any], gathered: ArrayAgg | JSONBAgg) -> Subquery:
    return Subquery(rows.order_by().values("practice_id").annotate(all=gathered).values("all"))


def _closed_but_to_those_let_in(today: Any) -> QuerySet[Restriction, Any]:
    own = Assignment.objects.filter(
        holds_on(OuterRef("on")),
        practice_id=OuterRef("practice_id"),
        client_id=OuterRef("client_id"),
        member_id=OuterRef(OuterRef("pk")),
    )
    let_in = LetIn.objects.filter(
        practice_id=OuterRef("practice_id"), restriction_id=OuterRef("pk"), member_id=OuterRef(OuterRef("pk"))
    )
    return (
        Restriction.objects.filter(holds_on(today), ~Exists(let_in), practice_id=OuterRef("practice_id"))
        .annotate(on=today)
        .annotate(own=Exists(own))
    )


def roles_on(today: date, grants: Grants) -> frozenset[Role]:
    """Return the roles that hold on a day."""
    return frozenset(
        Role(str(grant["role"]))
        for grant in grants or ()
        if date.fromisoformat(grant["starts_on"]) <= today
        and (grant["until"] is None or today < date.fromisoformat(grant["until"]))
    )


def permissions(grants: Grants) -> frozenset[tuple[str, str]]:
    """Return the single permissions as action and scope."""
    return frozenset((grant["action"], grant["scope"]) for grant in grants or ())


def closed_to(roles: Iterable[Role], restrictions: Grants) -> frozenset[UUID]:
    """Return the clients closed to a member with these roles, of the restrictions that do not name them.

    What is closed to administrative roles is closed to whoever holds one, unless they treat the client themselves.
    """
    held = frozenset(roles)
    return frozenset(
        UUID(each["id"])
        for each in restrictions or ()
        if each["kind"] == Closed.ALL_BUT_NAMED or (held & ADMINISTRATIVE and not (each["own"] and held & CLINICAL))
    )

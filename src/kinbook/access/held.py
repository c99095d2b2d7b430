"""What a member holds today, as columns of the one statement that makes them the viewer."""

# ruff: noqa: S608 - the statements are put together of constants of this file

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from kinbook.access.matrix import ADMINISTRATIVE, CLINICAL
from kinbook.access.models import Closed
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Grants = list[dict[str, Any]] | None

# Asked at every request: written out, they cost the server a quarter of what the same costs composed.
TODAY = "(%s::timestamptz AT TIME ZONE tenancy_practice.time_zone)::date"
OF_MEMBER = "held.practice_id = team_member.practice_id AND held.member_id = team_member.id"
GRANTED = f"""
SELECT jsonb_agg(jsonb_build_object('role', role, 'starts_on', starts_on, 'until', until))
FROM access_rolegrant AS held WHERE {OF_MEMBER}
"""
EXTRA = f"""
SELECT jsonb_agg(jsonb_build_object('action', action, 'scope', scope))
FROM access_permissiongrant AS held
WHERE {OF_MEMBER} AND starts_on <= {TODAY} AND (until IS NULL OR until > {TODAY})
"""
CLOSED = f"""
SELECT jsonb_agg(jsonb_build_object('id', held.client_id, 'kind', held.kind, 'own', EXISTS (
  SELECT FROM access_assignment AS mine
  WHERE mine.practice_id = held.practice_id AND mine.client_id = held.client_id AND mine.member_id = team_member.id
    AND mine.starts_on <= {TODAY} AND (mine.until IS NULL OR mine.until > {TODAY}))))
FROM access_restriction AS held
WHERE held.practice_id = team_member.practice_id AND held.starts_on <= {TODAY}
  AND (held.until IS NULL OR held.until > {TODAY})
  AND NOT EXISTS (
    SELECT FROM access_letin AS named
    WHERE named.practice_id = held.practice_id AND named.restriction_id = held.id
      AND named.member_id = team_member.id)
"""
OPENED = f"""
SELECT jsonb_agg(client_id) FROM access_emergencyaccess AS held
WHERE {OF_MEMBER} AND starts_at <= %s AND ends_at > %s
"""


def columns_held(now: datetime) -> dict[str, RawSQL]:
    """Return the columns, each one value, for a statement over members that names their practice's time zone."""
    statements = {"granted": GRANTED, "extra": EXTRA, "closed": CLOSED, "opened": OPENED}
    return {
        name: RawSQL(sql, [now] * sql.count("%s"), output_field=JSONField())  # noqa: S611 - constants of this file
        for name, sql in statements.items()
    }


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

"""Wrong passwords and codes, counted in PostgreSQL: each counts once, however many come at the same moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from kinbook.accounts.models import Tries

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """After so many failures one waits; where it doubles, each further batch waits twice as long, up to an hour."""

    tries: int
    wait: timedelta
    forgotten_after: timedelta
    doubles: bool = False


ACCOUNT = Limit(5, timedelta(minutes=5), timedelta(days=1), doubles=True)
"""Of one e-mail address, known or not, and of one user's second step."""

ORIGIN = Limit(10, timedelta(minutes=1), timedelta(minutes=1))
"""Of one place in the network."""

LONGEST = timedelta(hours=1)
COUNT = """
INSERT INTO accounts_tries AS t (hash, failed, last_at) VALUES (%(hash)s, 1, %(now)s)
ON CONFLICT (hash) DO UPDATE SET last_at = %(now)s,
  failed = CASE WHEN t.last_at < %(forgotten)s THEN 1 ELSE t.failed + 1 END
RETURNING failed
"""


def waits_until(who: str, now: datetime) -> datetime | None:
    """Return until when nobody may try for them; None where they may."""
    found = Tries.objects.filter(hash=_hash(who), waits_until__gt=now).values_list("waits_until", flat=True).first()
    return found or None


def count_failure(who: str, limit: Limit, now: datetime) -> int:
    """Count a failure, and have them wait where it was one too many; returns how many they are by now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"hash": _hash(who), "now": now, "forgotten": now - limit.forgotten_after})
        failed = int(cursor.fetchone()[0])
    if failed % limit.tries == 0:
        wait = limit.wait * 2 ** min(failed // limit.tries - 1, 10) if limit.doubles else limit.wait
        Tries.objects.filter(hash=_hash(who)).update(waits_until=now + min(wait, LONGEST))
    return failed


def forget_failures(who: str) -> None:
    """Begin anew: they have proved who they are."""
    Tries.objects.filter(hash=_hash(who)).delete()


def _hash(who: str) -> bytes:
    return hashlib.sha256(who.encode(errors="surrogatepass")).digest()

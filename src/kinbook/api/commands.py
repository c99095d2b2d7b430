"""Keeping first answers: whoever claims a key first does the work, everybody after gets its answer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from kinbook.api.models import Answer
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.tenancy.viewer import Viewer

KEPT_FOR = timedelta(hours=24)
FORM = re.compile(r"[\x21-\x7e]{1,255}")

FORGET = """
DELETE FROM api_answer WHERE id IN (
  SELECT id FROM api_answer WHERE practice_id = %s AND made_at < %s ORDER BY made_at LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""
# whoever comes second waits here until the first has ended
CLAIM = """
INSERT INTO api_answer (id, practice_id, member_id, key, digest, made_at, headers, body)
VALUES (%s, %s, %s, %s, %s, %s, '{}', '')
ON CONFLICT (practice_id, member_id, key)
DO UPDATE SET digest = EXCLUDED.digest, made_at = EXCLUDED.made_at, status = NULL, headers = '{}', body = ''
WHERE api_answer.made_at < %s
"""


def claim_key(viewer: Viewer, key: str, digest: bytes) -> Answer | None:
    """Claim a key for a request; returns the answer it had before, None where the work is still to be done.

    Raises Conflict where the key stood for something else.
    """
    if not FORM.fullmatch(key):
        raise Invalid(**{"Idempotency-Key": "A key is 1 to 255 visible ASCII characters."})
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [viewer.practice_id, viewer.now - KEPT_FOR])
        cursor.execute(CLAIM, [new_id(), viewer.practice_id, viewer.id, key, digest, viewer.now, viewer.now - KEPT_FOR])
        if cursor.rowcount:
            return None
    known = Answer.objects.get(member_id=viewer.id, key=key)
    if bytes(known.digest) != digest:
        raise Conflict("This Idempotency-Key was sent before with something else. Nothing was changed.")
    return known


def keep_answer(viewer: Viewer, key: str, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep the answer of a claimed key."""
    Answer.objects.filter(member_id=viewer.id, key=key).update(status=status, headers=dict(headers), body=body)

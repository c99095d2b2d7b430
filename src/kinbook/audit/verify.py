"""Verifying the log: every seal and every entry computed again, by the program's own reckoning, not the database's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from kinbook.audit.models import Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Identity

AT_ONCE = 200
"""Seals looked at in one statement; each holds a thousand entries at most."""

DIGITS = 64
TOLD = 100
"""How many of the entries that a problem concerns are told."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal: who keeps its digest elsewhere can tell later whether the log before it is the same."""

    number: int
    digest: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was sealed: at which seal (None: at none), what, and which entries, some of them."""

    seal: int | None
    says: str
    entries: tuple[UUID, ...] = ()


@dataclass(slots=True)
class Verdict:
    """What became of a verification; `unsealed` entries wait for their seal, `erased` details were given up."""

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    head: Head | None = None
    broken: list[Broken] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether everything is as it was sealed."""
        return not self.broken

    @property
    def first(self) -> Broken | None:
        """The first thing that is not as it was sealed."""
        return self.broken[0] if self.broken else None


SEALS = """
WITH seal AS (
  SELECT * FROM audit_seal WHERE practice_id = %(practice)s AND number > %(after)s ORDER BY number LIMIT %(most)s
), looked AS (
  SELECT seal.number, each.entry_id, entry.id IS NULL AS is_gone, entry.details = 'null' AS is_erased,
    sha256(convert_to(jsonb_build_array(
      entry.practice_id, entry.id, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.viewer_kind,
      entry.viewer_id, entry.viewer_name, entry.action, entry.subject_kind, entry.subject_id, entry.client_id,
      entry.address, entry.request_id, encode(each.details, 'hex'))::text, 'UTF8')) IS DISTINCT FROM each.content
    OR entry.details <> 'null'
      AND sha256(convert_to(entry.details::text, 'UTF8')) IS DISTINCT FROM each.details AS is_other
  FROM seal CROSS JOIN LATERAL unnest(seal.entries, seal.contents, seal.details) AS each(entry_id, content, details)
  LEFT JOIN LATERAL (  -- one by one, by the index, however large the log is
    SELECT * FROM audit_entry WHERE practice_id = %(practice)s AND id = each.entry_id OFFSET 0
  ) entry ON true
), found AS MATERIALIZED (
  SELECT number, array_agg(entry_id ORDER BY entry_id) FILTER (WHERE is_gone) AS gone,
    array_agg(entry_id ORDER BY entry_id) FILTER (WHERE NOT is_gone AND is_other) AS other,
    count(*) FILTER (WHERE is_erased) AS erased
  FROM looked GROUP BY number
)
SELECT number, cardinality(entries), sealed_at, previous, digest,
  sha256(convert_to(jsonb_build_array(
    practice_id, number, (extract(epoch FROM sealed_at) * 1000000)::bigint, encode(previous, 'hex'),
    to_jsonb(entries),
    (SELECT jsonb_agg(encode(each, 'hex') ORDER BY place) FROM unnest(contents) WITH ORDINALITY AS c(each, place)),
    (SELECT jsonb_agg(encode(each, 'hex') ORDER BY place) FROM unnest(details) WITH ORDINALITY AS d(each, place))
  )::text, 'UTF8')),
  gone, other, coalesce(erased, 0)
FROM seal LEFT JOIN found USING (number) ORDER BY number
"""

WAITING = """
SELECT count(entry.id), array_agg(queued.entry_id ORDER BY queued.entry_id) FILTER (WHERE entry.id IS NULL)
FROM audit_unsealed queued
LEFT JOIN audit_entry entry ON entry.practice_id = queued.practice_id AND entry.id = queued.entry_id
WHERE queued.practice_id = %(practice)s
"""

LOOSE = """
SELECT id FROM audit_entry WHERE practice_id = %(practice)s
EXCEPT SELECT unnest(entries) FROM audit_seal WHERE practice_id = %(practice)s
EXCEPT SELECT entry_id FROM audit_unsealed WHERE practice_id = %(practice)s
ORDER BY 1
"""


def read_digest(text: str) -> str | None:
    """Return a digest as it was copied from somewhere; None where it is none."""
    plain = "".join(text.split()).lower()
    return plain if len(plain) == DIGITS and set(plain) <= set("0123456789abcdef") else None


def seals_to_verify() -> int:
    """Return how many seals there are, for who shows how far a verification is."""
    return Seal.objects.count()


def holds_seal(digest: str) -> bool:
    """Tell whether a seal of the practice whose transaction is open has the digest."""
    return Seal.objects.filter(digest=bytes.fromhex(digest)).exists()


def newest_seal() -> Head | None:
    """Return the newest seal of the practice whose transaction is open."""
    seal = Seal.objects.order_by("-number").only("number", "digest", "sealed_at").first()
    return Head(seal.number, bytes(seal.digest).hex(), seal.sealed_at) if seal else None


def verify(viewer: Identity, *, head: str = "", tick: Callable[[int], object] = id) -> Verdict:
    """Compute every seal of the practice again, and say what is not as it was sealed.

    `head` is a digest kept elsewhere: a chain that was cut or made anew does not hold it. `tick` is told of seals done.
    """
    verdict = Verdict()
    before, kept = b"", bytes.fromhex(head) if head else None
    for number, count, sealed_at, previous, digest, computed, *entries in _seals(viewer, tick):
        verdict.seals += 1
        verdict.sealed += count
        verdict.erased += entries.pop()
        _judge_place(verdict, number, is_next=bytes(previous) == before)
        _judge_entries(verdict, number, is_same=digest == computed, gone=entries[0], other=entries[1])
        before = bytes(digest)
        verdict.head = Head(number, before.hex(), sealed_at)
        kept = None if kept == before else kept
    if kept is not None:
        says = "No seal has the digest that was kept: seals were removed or made anew."
        verdict.broken.append(Broken(None, says))
    _judge_loose(verdict, viewer)
    return verdict


def _seals(viewer: Identity, tick: Callable[[int], object]) -> Iterator[tuple[Any, ...]]:
    last = 0
    rows: list[tuple[Any, ...]] = [()]
    while rows:
        values = {"practice": viewer.practice_id, "after": last, "most": AT_ONCE}
        rows = _asked(SEALS, values)
        yield from rows
        tick(len(rows))
        last = rows[-1][0] if rows else 0


def _asked(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _judge_place(verdict: Verdict, number: int, *, is_next: bool) -> None:
    """Note a seal that does not follow the one before it."""
    last = verdict.head.number if verdict.head else 0
    if number != last + 1:
        missing = f"Seal {last + 1} is" if number == last + 2 else f"Seals {last + 1} to {number - 1} are"
        verdict.broken.append(Broken(last + 1, f"{missing} missing."))
    elif not is_next:
        verdict.broken.append(Broken(number, f"Seal {number} does not continue the seal before it."))


def _judge_entries(
    verdict: Verdict, number: int, *, is_same: bool, gone: list[UUID] | None, other: list[UUID] | None
) -> None:
    """Note a seal, or entries in it, that are not as they were sealed."""
    if not is_same:
        verdict.broken.append(Broken(number, f"Seal {number} itself was changed."))
    if gone:
        verdict.broken.append(Broken(number, f"Seal {number}: {_counted(gone, 'missing')}.", tuple(gone[:TOLD])))
    if other:
        verdict.broken.append(Broken(number, f"Seal {number}: {_counted(other, 'changed')}.", tuple(other[:TOLD])))


def _judge_loose(verdict: Verdict, viewer: Identity) -> None:
    """Count the entries that wait; note those that vanished meanwhile, and those put in past the queue."""
    values = {"practice": viewer.practice_id}
    ((verdict.unsealed, vanished),) = _asked(WAITING, values)
    if vanished:
        says = f"Before they were sealed: {_counted(vanished, 'missing')}."
        verdict.broken.append(Broken(None, says, tuple(vanished[:TOLD])))
    loose = [row[0] for row in _asked(LOOSE, values)]
    if loose:
        says = f"In no seal, and not waiting for one: {_counted(loose, 'there')}."
        verdict.broken.append(Broken(None, says, tuple(loose[:TOLD])))


def _counted(entries: list[UUID], state: str) -> str:
    return f"1 entry is {state}" if len(entries) == 1 else f"{len(entries)} entries are {state}"

"""`kinbook import`: files brought in at the command line, for the practice's owner."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kinbook.access.models import RoleGrant
from kinbook.exchange.commands.running import Report, import_content
from kinbook.exchange.models import Outcome
from kinbook.exchange.reading.opening import LARGER, LARGEST_FILE, Settings
from kinbook.exchange.reading.record import Unreadable
from kinbook.team.queries import acting_for, practice_ids
from kinbook.tenancy.models import Practice, holds_on
from kinbook.tenancy.refused import Refused
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from uuid import UUID

    from kinbook.exchange.planning.batch import Counts, Step
    from kinbook.tenancy.viewer import Viewer

UNREADABLE = 2
WORDS = {
    "created": "created",
    "changed": "changed",
    "unchanged": "here already",
    "held": "held for completion",
    "refused": "refused",
}


class NoPractice(Exception):
    """The installation has no practice, or several and none of them is named."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked on the command line."""

    dry_run: bool = False
    yes: bool = False
    as_json: bool = False
    as_clients: bool | None = None
    practice: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom the command acts for."""

    practice_id: UUID
    member_id: UUID

    def acting(self) -> AbstractContextManager[Viewer]:
        """Open a transaction as the owner."""
        return acting_for(self.practice_id, self.member_id, now=datetime.now(UTC))


def import_files(files: Sequence[str], wish: Wish) -> int:
    """Import files one after the other, each whole or not at all; returns the exit code."""
    try:
        owner = _owner(wish.practice)
    except NoPractice as none:
        click.echo(str(none), err=True)
        return UNREADABLE
    told = [_one_file(owner, name, wish) for name in files]
    if wish.as_json:
        click.echo(json.dumps({"dry_run": wish.dry_run, "files": told}, ensure_ascii=False, indent=2))
    return UNREADABLE if any(each["error"] for each in told) else 0


def _owner(name: str) -> Owner:
    """Return the owner of the practice: the only one, or the one named by its id or name."""
    now = datetime.now(UTC)
    practices = []
    for each in practice_ids():
        with acting_for(each, None, now=now):
            practices.append((each, Practice.objects.get(pk=each).name))
    if not practices:
        raise NoPractice("There is no practice yet: open Kinbook in a browser and set it up first.")
    fitting = [each for each, title in practices if not name or name.casefold() in {title.casefold(), str(each)}]
    if len(fitting) != 1:
        known = ", ".join(f"“{title}” ({each})" for each, title in practices)
        raise NoPractice(f"Say which practice with --practice, by its name or id. This installation has {known}.")
    practice_id = fitting[0]
    with acting_for(practice_id, None, now=now) as rule:
        holders = RoleGrant.objects.filter(holds_on(rule.today), role=Role.OWNER)
        member_id = holders.order_by("starts_on", "pk").values_list("member_id", flat=True).first()
    if member_id is None:
        raise NoPractice("The practice has no owner.")
    return Owner(practice_id, member_id)


def _one_file(owner: Owner, name: str, wish: Wish) -> dict[str, Any]:
    try:
        content = _read(name)
        report, is_done = _brought(owner, name, content, wish)
    except (Unreadable, OSError) as unreadable:
        return _failed(name, str(getattr(unreadable, "strerror", None) or unreadable), wish)
    except Refused as refused:
        return _failed(name, refused.sentence, wish)
    if not wish.as_json:
        _print_counts(report.counts, is_done=is_done)
    return {"file": name, "error": "", "imported": is_done, **_plain(report)}


def _failed(name: str, sentence: str, wish: Wish) -> dict[str, Any]:
    if not wish.as_json:
        click.echo(f"{name}: {sentence}", err=True)
    return {"file": name, "error": sentence, "imported": False}


def _read(name: str) -> bytes:
    path = Path(name)
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable(LARGER)
    return path.read_bytes()


def _brought(owner: Owner, name: str, content: bytes, wish: Wish) -> tuple[Report, bool]:
    """Return what a file did; where nobody said yes beforehand, first what it would do, and whether that was wanted."""
    only_look = wish.dry_run or not wish.yes
    report = _run(owner, name, content, wish, dry_run=only_look)
    if not wish.as_json:
        _print_steps(name, report)
    if not only_look:
        return report, True
    if wish.dry_run or wish.as_json:
        return report, False
    if not sys.stdin.isatty():
        click.echo("Nothing was imported: say --yes to import.")
        return report, False
    _print_counts(report.counts, is_done=False)
    if not click.confirm("Import?"):
        return report, False
    return _run(owner, name, content, wish, dry_run=False), True


def _run(owner: Owner, name: str, content: bytes, wish: Wish, *, dry_run: bool) -> Report:
    settings = Settings(as_clients=wish.as_clients)
    with owner.acting() as viewer, _Bar(name) as progress:
        return import_content(
            viewer, name=Path(name).name, content=content, settings=settings, dry_run=dry_run, progress=progress
        )


class _Bar:
    """A progress bar on a terminal's error stream; nothing elsewhere."""

    def __init__(self, name: str) -> None:
        self.name = Path(name).name
        self.bar: Any = None
        self.at = 0

    def __enter__(self) -> Callable[[int, int], None]:
        return self.tell

    def __exit__(self, *_: object) -> None:
        if self.bar:
            self.bar.render_finish()

    def tell(self, done: int, total: int) -> None:
        """Move the bar."""
        if not sys.stderr.isatty():
            return
        if self.bar is None:
            self.bar = click.progressbar(length=max(total, 1), label=self.name, file=sys.stderr)
        self.bar.update(done - self.at)
        self.at = done


def _print_steps(name: str, report: Report) -> None:
    click.echo(f"{name} ({report.kind}, as {'clients' if report.as_clients else 'contacts'})")
    for note in report.notes:
        click.echo(f"  {note}")
    for step in report.steps:
        if step.outcome is not Outcome.UNCHANGED:
            for line in _lines(step):
                click.echo(line)


def _lines(step: Step) -> Iterator[str]:
    yield f"  {step.line:>6}  {step.outcome.value:<9}  {step.name or '—'}: {step.told}".rstrip(": ")
    for problem in step.problems:
        yield f"                     {problem.field + ': ' if problem.field else ''}{problem.reason}"


def _print_counts(counts: Counts, *, is_done: bool) -> None:
    told = ", ".join(f"{getattr(counts, name)} {words}" for name, words in WORDS.items())
    people = f"{counts.new_clients} new clients, {counts.new_contacts} new contacts"
    click.echo(f"{'Imported' if is_done else 'Would import'}: {told} ({people}).")


def _plain(report: Report) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "as": "clients" if report.as_clients else "contacts",
        **report.counts.columns(),
        "notes": list(report.notes),
        "rows": [
            {
                "line": step.line,
                "outcome": step.outcome.value,
                "name": step.name,
                "told": step.told,
                "problems": [{"field": problem.field, "reason": problem.reason} for problem in step.problems],
            }
            for step in report.steps
        ],
    }

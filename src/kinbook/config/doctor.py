"""`kinbook doctor`: is everything well with this installation, and what to do where it is not."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
from django.conf import settings
from django.db import DatabaseError, connection

from kinbook.config.console import progress, tell
from kinbook.config.schema import is_migrated
from kinbook.mail.models import Letter, LetterState
from kinbook.team.queries import practice_ids
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

GOOD, LOOK, BAD = "good", "look", "bad"
SIGNS = {GOOD: "ok  ", LOOK: "look", BAD: "BAD "}
SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=15)
LITTLE_SPACE = 2 * 1024**3
NO_SPACE = 512 * 1024**2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its state (good, look, bad), and what there is to say or do."""

    name: str
    state: str
    says: str


def doctor(*, as_json: bool) -> int:
    """Look at everything and say it; returns the exit code, 1 where something is bad."""
    found = findings(as_json=as_json)
    bad = any(each.state == BAD for each in found)
    if as_json:
        tell({"ok": not bad, "findings": [asdict(each) for each in found]})
    else:
        for each in found:
            click.echo(f"{SIGNS[each.state]}  {each.name}: {each.says}")
    return 1 if bad else 0


def findings(*, as_json: bool = True) -> list[Finding]:
    """Return everything there is to know; what cannot be asked without a database is left out."""
    found = [_database(), disk(shutil.disk_usage(settings.DATA).free)]
    if found[0].state == BAD:
        return found
    found.append(_migrations())
    if found[-1].state == BAD:
        return found
    checks: tuple[Callable[[], Finding], ...] = (
        *(_role, _worker, _stalled, _late, _failed_jobs),
        *(_seals, _letters, _mail),
    )
    with progress(len(checks), "Looking", as_json=as_json) as bar:
        for check in checks:
            found.append(check())
            bar.update(1)
    return found


def _database() -> Finding:
    try:
        version = _row("SELECT current_setting('server_version')")[0]
    except DatabaseError as away:
        return Finding(
            "database", BAD, f"It does not answer ({type(away).__name__}): is it running, is its address right?"
        )
    return Finding("database", GOOD, f"PostgreSQL {version} answers.")


def _row(query: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or [])
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def disk(free: int) -> Finding:
    """Judge the space left on the disk, in bytes."""
    left = f"{free / 1024**3:.1f} GB are free where {settings.DATA} lies."
    if free < NO_SPACE:
        return Finding("disk", BAD, f"{left} Make room: a full disk stops the database.")
    return Finding("disk", LOOK if free < LITTLE_SPACE else GOOD, left)


def _migrations() -> Finding:
    if is_migrated():
        return Finding("migrations", GOOD, "The database is up to date.")
    return Finding("migrations", BAD, "The database is not up to date: run `kinbook migrate` as its owner.")


INSTALLATION = [
    *("access_token", "accounts_emailchange", "accounts_signin", "cards_paylink", "documents_paperlink"),
    *("invitations_link", "invitations_passkey", "invitations_session", "team_invitation", "team_seat"),
]
"""Tables that lead to a practice before it is known, and hold nothing of it."""

ROLE = """
SELECT current_user, role.rolsuper OR role.rolbypassrls,
  (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user),
  (SELECT count(*) FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'practice_id'
   WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND NOT a.attisdropped
     AND t.relnamespace = 'public'::regnamespace
     AND NOT (t.relrowsecurity AND t.relforcerowsecurity) AND t.relname <> ALL(%s))
FROM pg_roles role WHERE role.rolname = current_user
"""


def _role() -> Finding:
    name, mighty, owned, open_tables = _row(ROLE, [INSTALLATION])
    if mighty or owned:
        return Finding("role", BAD, f"{name} may pass over row-level security: set DATABASE_APP_URL to a modest role.")
    if open_tables:
        return Finding("role", BAD, f"{open_tables} tables of practices are not fenced: run `kinbook migrate`.")
    return Finding("role", GOOD, f"{name} owns nothing, and every practice's rows are fenced.")


def _worker() -> Finding:
    (alive,) = _row(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s::interval", [SILENT_AFTER]
    )
    if alive:
        return Finding("worker", GOOD, f"{alive} at work.")
    return Finding("worker", BAD, "None is at work: nothing is sent, no invoices make themselves. Run `kinbook serve`.")


STALLED = """
SELECT count(*) FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s::interval)
"""


def _stalled() -> Finding:
    (count,) = _row(STALLED, [SILENT_AFTER])
    if count:
        return Finding("stalled jobs", LOOK, f"{count} were left by a killed worker; the next one takes them up.")
    return Finding("stalled jobs", GOOD, "None.")


def _late() -> Finding:
    (count,) = _row(
        "SELECT count(*) FROM procrastinate_jobs job WHERE status = 'todo'"
        " AND coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id))"
        " < now() - %s::interval",
        [LATE_AFTER],
    )
    if count:
        return Finding("waiting jobs", LOOK, f"{count} have waited longer than a quarter of an hour.")
    return Finding("waiting jobs", GOOD, "None has waited long.")


def _failed_jobs() -> Finding:
    (count,) = _row("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    if count:
        return Finding("failed jobs", LOOK, f"{count} were given up; the log says where in the code.")
    return Finding("failed jobs", GOOD, "None.")


def _seals() -> Finding:
    count = sum(_unsealed(practice_id) for practice_id in practice_ids())
    if count:
        says = f"{count} entries have waited for their seal longer than a minute; `kinbook audit verify` says more."
        return Finding("audit log", LOOK, says)
    return Finding("audit log", GOOD, "Every entry is sealed within seconds.")


def _unsealed(practice_id: UUID) -> int:
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        (count,) = _row(
            "SELECT count(*) FROM audit_unsealed WHERE practice_id = %s AND queued_at < now() - %s::interval",
            [practice_id, SILENT_AFTER],
        )
    return int(count)


def _letters() -> Finding:
    count = 0
    for practice_id in practice_ids():
        with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
            count += Letter.objects.filter(state=LetterState.FAILED).count()
    if count:
        return Finding("letters", LOOK, f"{count} could not be sent; each invoice says why.")
    return Finding("letters", GOOD, "None has failed.")


def _mail() -> Finding:
    if settings.EMAIL_HOST or settings.DEMO:
        return Finding("mail", GOOD, "A mail server is set up." if settings.EMAIL_HOST else "The demo keeps its mail.")
    return Finding("mail", LOOK, "No mail server is set up (KINBOOK_SMTP_URL): letters wait.")

"""`kinbook bill`: invoices for everything through a date, as the practice's own rule makes them at midnight."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from django.db import transaction

from kinbook.config.console import progress, tell
from kinbook.invoices.commands.runs import advance_run, progress_of, start_run
from kinbook.invoices.models import Run, RunState
from kinbook.invoices.queries.dry_run import dry_run
from kinbook.invoices.queries.uninvoiced import skipped
from kinbook.rules.money import spoken
from kinbook.team.jobs import in_steps
from kinbook.team.queries import acting_for, practice_ids
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

SHOWN = 20


def bill(through: date, *, dry: bool, by_family: bool, practice: str | None, as_json: bool) -> int:
    """Invoice what is uninvoiced through a date, or say what would be; returns the exit code."""
    chosen = [each for each in practice_ids() if practice in {None, str(each)}]
    if not chosen:
        click.echo("There is no such practice." if practice else "There is no practice yet.", err=True)
        return 1
    told = [_of(each, through, dry=dry, by_family=by_family, as_json=as_json) for each in chosen]
    if as_json:
        sums = {name: sum(each[name] for each in told) for name in ("invoices", "cents", "left")}
        tell({"through": through.isoformat(), "dry_run": dry, **sums, "practices": told})
    else:
        for each in told:
            _say(each, through, dry=dry)
    return 0


def _of(practice_id: UUID, through: date, *, dry: bool, by_family: bool, as_json: bool) -> dict[str, Any]:
    with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
        practice = Practice.objects.get(pk=practice_id)
        told: dict[str, Any] = {"practice_id": str(practice_id), "name": practice.name, "currency": practice.currency}
        if dry:
            plan = dry_run(viewer, through=through, by_family=by_family)
            told |= {"invoices": plan.count, "cents": plan.cents}
        left = skipped(viewer, through=through)
    if not dry:
        told |= _billed(practice_id, through, practice.name, by_family=by_family, as_json=as_json)
    return told | {
        "left": len(left),
        "skipped": [
            {
                "client_id": str(each.client_id),
                "charge_id": str(each.charge_id),
                "cents": each.cents,
                "reason": each.reason,
            }
            for each in left
        ],
    }


def _billed(practice_id: UUID, through: date, name: str, *, by_family: bool, as_json: bool) -> dict[str, Any]:
    """Go on with runs that a killed command or worker left, then make the rest."""
    with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
        left = Run.objects.filter(state=RunState.WORKING, member_id=None, client_ids__isnull=True, through=through)
        runs = list(left.order_by("started_at", "pk"))
        open_steps = sum(run.steps.filter(done=False).count() for run in runs)
    made = _work(practice_id, runs, open_steps, name, as_json=as_json)
    with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer, transaction.atomic():
        run = start_run(viewer, through=through, by_family=by_family)
        steps = run.steps.count()
    fresh = _work(practice_id, [run], steps, name, as_json=as_json)
    return {
        "invoices": made[0] + fresh[0],
        "cents": made[1] + fresh[1],
        "run_ids": [str(each.pk) for each in [*runs, run]],
    }


def _work(practice_id: UUID, runs: list[Run], steps: int, name: str, *, as_json: bool) -> tuple[int, int]:
    """Do what is left of runs, under a bar; returns how many invoices they hold now, and their cents."""
    with progress(steps, name, as_json=as_json) as bar:
        for run in runs:
            for _ in in_steps(practice_id, None, partial(advance_run, run_id=run.pk)):
                bar.update(1)
    with acting_for(practice_id, None, now=datetime.now(UTC)):
        ends = [progress_of(run) for run in runs]
    return sum(each.invoices for each in ends), sum(each.cents for each in ends)


def _say(told: dict[str, Any], through: date, *, dry: bool) -> None:
    verb = "would be created" if dry else "created"
    money = f"{spoken(told['cents'])} {told['currency']}"
    click.echo(f"{told['name']}, through {through}: {told['invoices']} invoices {verb}, {money} in all.")
    if told["left"]:
        click.echo(f"  {told['left']} charges need a payer and are left out:")
    for each in told["skipped"][:SHOWN]:
        click.echo(f"  charge {each['charge_id']}: {spoken(each['cents'])}: {each['reason']}")
    if told["left"] > SHOWN:
        click.echo(f"  … and {told['left'] - SHOWN} more; --json lists them all.")

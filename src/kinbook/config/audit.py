"""`kinbook audit verify`: every seal of the audit log computed again, practice by practice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kinbook.audit.verify import holds_seal, read_digest, seals_to_verify
from kinbook.audit.verify import verify as verify_practice
from kinbook.config.console import progress, tell
from kinbook.team.queries import practice_ids
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import looking_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.audit.verify import Broken, Verdict

NO_DIGEST = "A digest has 64 signs, 0 to 9 and a to f."
NOT_THERE = "No practice has a seal with the digest that was kept: seals were removed or made anew."


def verify(*, head: str = "", as_json: bool) -> int:
    """Verify every practice and say what is broken; returns the exit code, 1 where anything is."""
    kept = read_digest(head) if head else ""
    if kept is None:
        click.echo(NO_DIGEST, err=True)
        return 2
    told = [_verified(practice_id, kept, as_json=as_json) for practice_id in practice_ids()]
    is_there = not kept or any(each["head_found"] for each in told)
    ok = is_there and all(each["ok"] for each in told)
    if as_json:
        tell({"ok": ok, "practices": told})
        return 0 if ok else 1
    for each in told:
        _say(each)
    if not is_there:
        click.echo(NOT_THERE)
    return 0 if ok else 1


def _verified(practice_id: UUID, kept: str, *, as_json: bool) -> dict[str, Any]:
    identity = Identity(practice_id, ViewerKind.JOB, practice_id)
    with looking_as(identity):
        name = Practice.objects.get(pk=practice_id).name
        with progress(seals_to_verify(), name, as_json=as_json) as bar:
            verdict = verify_practice(identity, tick=bar.update)
        found = {"head_found": holds_seal(kept)} if kept else {}
    return {"practice_id": str(practice_id), "name": name, **found, **_plain(verdict)}


def _plain(verdict: Verdict) -> dict[str, Any]:
    head = verdict.head
    return {
        "ok": verdict.ok,
        "seals": verdict.seals,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "erased": verdict.erased,
        "head": {"number": head.number, "digest": head.digest, "sealed_at": head.sealed_at} if head else None,
        "broken": [_told(each) for each in verdict.broken],
    }


def _told(broken: Broken) -> dict[str, Any]:
    return {"seal": broken.seal, "says": broken.says, "entries": [str(each) for each in broken.entries]}


def _say(told: dict[str, Any]) -> None:
    click.echo(f"{told['name']}: {'the log is as it was sealed' if told['ok'] else 'the log is NOT as it was sealed'}.")
    for each in told["broken"][:1]:
        click.echo(f"  {each['says']}")
        for entry in each["entries"]:
            click.echo(f"    {entry}")
    if len(told["broken"]) > 1:
        click.echo(f"  … and {len(told['broken']) - 1} more; --json lists them all.")
    click.echo(f"  {told['sealed']} entries in {told['seals']} seals; {told['unsealed']} not sealed yet.")
    if told["erased"]:
        click.echo(f"  The details of {told['erased']} were erased.")
    if told["head"]:
        click.echo(f"  Newest seal: {told['head']['number']} {told['head']['digest']}")

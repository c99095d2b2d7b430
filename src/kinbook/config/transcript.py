"""`kinbook transcript verify FILE`: whether an exported transcript is as it was written. Needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kinbook.rules import transcript as rules


@click.group()
def transcript() -> None:
    """Exported transcripts, and whether they are as they were written."""


@transcript.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object, for programs.")
def verify(file: Path, *, as_json: bool) -> None:
    """Compute every digest and seal of a transcript (JSON) again; exit 1 and say which message does not fit."""
    verdict = rules.verify(file.read_bytes().decode(errors="replace"))
    if as_json:
        broken = [{"message": each.message, "says": each.says} for each in verdict.broken]
        click.echo(json.dumps({"ok": verdict.ok, "messages": verdict.messages, "seal": verdict.seal, "broken": broken}))
        sys.exit(0 if verdict.ok else 1)
    for each in verdict.broken:
        click.echo(f"{each.message or file.name}: {each.says}")
    if not verdict.ok:
        click.echo("The transcript is NOT as it was exported.")
        sys.exit(1)
    click.echo(f"All {verdict.messages:,} messages are as they were sent and exported. Seal: {verdict.seal}")
    click.echo("The same seal stands in the practice's audit log, at the entry transcript.exported.")

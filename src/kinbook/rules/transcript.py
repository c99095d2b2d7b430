"""A transcript as a file that shows whether it is as it was written: each message in its chain, each line sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kinbook.rules.chain import Link, digest_of, files_digest, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORM = "transcript 1"


@dataclass(frozen=True, slots=True)
class Broken:
    """What in a transcript is not as it was written; `message` is its id, "" where the file as a whole is meant."""

    message: str
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a transcript found."""

    messages: int
    seal: str
    broken: list[Broken]

    @property
    def ok(self) -> bool:
        """Tell whether the transcript is as it was written."""
        return not self.broken


def sealed(head: dict[str, Any], messages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a transcript of its head and messages, each sealed with all before it."""
    whole = {"kinbook": FORM, **head}
    seal = sha256(plain(whole))
    lines = []
    for message in messages:
        seal = sha256(seal + plain(message))
        lines.append({**message, "seal": seal})
    return {**whole, "messages": lines, "seal": seal}


def plain(value: dict[str, Any]) -> str:
    """Return a value as one text: the same value always gives the same."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def verify(text: str) -> Verdict:
    """Compute all digests and seals of a transcript again."""
    try:
        whole = json.loads(text)
        lines = whole["messages"] if whole["kinbook"] == FORM else None
    except (ValueError, KeyError, TypeError, RecursionError):
        lines = None
    if not isinstance(lines, list):
        return Verdict(0, "", [Broken("", "This is not a transcript of Kinbook.")])
    broken = [*_seals(whole, lines), *_chains(lines)]
    return Verdict(len(lines), str(whole.get("seal", "")), broken)


def _seals(whole: dict[str, Any], lines: Sequence[Any]) -> Iterable[Broken]:
    seal = sha256(plain({name: value for name, value in whole.items() if name not in {"messages", "seal"}}))
    for line in lines:
        if not isinstance(line, dict):
            yield Broken("", "There is something among the messages that is none.")
            return
        seal = sha256(seal + plain({name: value for name, value in line.items() if name != "seal"}))
        if line.get("seal") != seal:
            yield Broken(str(line.get("id", "")), "This message, or something before it, is not as it was exported.")
            return
    if whole.get("seal") != seal:
        yield Broken("", "The transcript does not end as it was exported: something was changed or cut off.")


def _chains(lines: Sequence[Any]) -> Iterable[Broken]:
    """Say which messages do not fit their own digest, or the message before them in their conversation."""
    last: dict[str, tuple[int, str]] = {}
    for line in lines:
        try:
            link, before, digest = _link(line)
        except (KeyError, TypeError, ValueError, AttributeError):
            yield Broken(str(line.get("id", "")) if isinstance(line, dict) else "", "This message lacks something.")
            continue
        if digest_of(link, before) != digest:
            yield Broken(str(link.id), "This message is not as it was sent.")
        number, known = last.get(str(link.conversation_id), (0, ""))
        if link.number == number + 1 and before != known:
            yield Broken(str(link.id), "This message does not follow the one before it.")
        elif link.number <= number:
            yield Broken(str(link.id), "This message is not in its order.")
        last[str(link.conversation_id)] = (link.number, digest)


def _link(line: dict[str, Any]) -> tuple[Link, str, str]:
    author = line["author"]
    retracts = line["retracts"]
    link = Link(
        conversation_id=UUID(line["conversation_id"]),
        number=int(line["number"]),
        id=UUID(line["id"]),
        author=f"{author['kind']}:{author['id']}",
        sent_at=datetime.fromisoformat(line["sent_at"]),
        retracts_id=UUID(retracts) if retracts else None,
        is_automatic=line["automatic"] is True,
        files_digest=files_digest((each["name"], each["type"], each["sha256"]) for each in line["files"]),
        body_digest=sha256(line["body"]),
        author_name=author["name"],
    )
    return link, str(line["previous"]), str(line["digest"])

"""vCard files of versions 2.1, 3.0 and 4.0 as cards of properties, as address books really write them.

Folded lines, quoted-printable with soft breaks, base64 that is left out, a charset of its own a property, parameters
without names, groups (item1.EMAIL), cards inside cards, and cards that never end.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z][A-Za-z0-9_-]*)")
PARAMETER = re.compile(r';((?:[^;:"]|"[^"]*")*)')
BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=\s]+")
BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
END = re.compile(rb"\s*(?:END|BEGIN)\s*:\s*VCARD\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a card: its name, parameters in capitals, and its value as text, still escaped."""

    name: str
    value: str
    group: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def types(self) -> frozenset[str]:
        """What TYPE says, and parameters without a name: home, work, cell, pref."""
        return frozenset(value for name, value in self.parameters if name == "TYPE")

    def parameter(self, name: str) -> str:
        """Return the value of a parameter, "" where it is not there."""
        return next((value for each, value in self.parameters if each == name), "")

    @property
    def text(self) -> str:
        """The value as one text."""
        return unescaped(self.value)

    @property
    def parts(self) -> list[str]:
        """The value's parts between semicolons."""
        return [unescaped(part) for part in split_unescaped(self.value, ";")]


@dataclass(slots=True)
class Card:
    """A card: the line it begins on, its properties, and its own text without pictures."""

    line: int
    version: str = ""
    properties: list[Property] = field(default_factory=list)
    unread: int = 0
    text: list[str] = field(default_factory=list)

    def all(self, *names: str) -> list[Property]:
        """Return the properties of these names, in order."""
        return [each for each in self.properties if each.name in names]

    def first(self, name: str) -> Property | None:
        """Return the first property of a name that says something."""
        return next((each for each in self.properties if each.name == name and each.value.strip(" ;")), None)

    def label_of(self, found: Property) -> str:
        """Return what an address book wrote beside a grouped property: item1.X-ABLabel."""
        if not found.group:
            return ""
        labels = (each.text for each in self.properties if each.name == "X-ABLABEL" and each.group == found.group)
        return next(labels, "").replace("_$!<", "").replace(">!$_", "")


def unescaped(value: str) -> str:
    """Return a value without its backslashes."""
    if "\\" not in value:
        return value.strip()
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def split_unescaped(value: str, sign: str) -> list[str]:
    """Return the parts of a value between signs that no backslash hides."""
    return re.split(rf"(?<!\\){re.escape(sign)}", value) if sign in value else [value]


def read_cards(content: bytes) -> Iterator[Card]:
    """Return the cards in a file's bytes (UTF-8, or as each property's CHARSET says)."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    open_cards: list[Card] = []
    at, agent = 0, False
    while at < len(lines):
        mark = lines[at].strip().upper().replace(b" ", b"")
        if mark == b"BEGIN:VCARD":
            if open_cards and not agent:  # the one before was never ended
                yield open_cards.pop()
            open_cards.append(Card(at + 1))
            agent, at = False, at + 1
        elif mark == b"END:VCARD":
            if open_cards:
                yield open_cards.pop()
            at += 1
        elif open_cards:
            end = _read_property(lines, at, open_cards[-1])
            agent = mark in {b"AGENT:", b"AGENT"}
            at = end
        else:
            at += 1
    yield from reversed(open_cards)


def _read_property(lines: Sequence[bytes], at: int, card: Card) -> int:
    """Read the property that begins at a line into its card; returns the line after it."""
    raw, end = lines[at], at + 1
    if not raw.strip():
        return end
    head = raw.partition(b":")[0].upper()
    printable = b"QUOTED-PRINTABLE" in head
    while end < len(lines):
        if printable and raw.rstrip(b" \t").endswith(b"=") and not END.fullmatch(lines[end]):
            raw = raw.rstrip(b" \t")[:-1] + lines[end]
        elif lines[end][:1] in {b" ", b"\t"} and lines[end].strip():
            # a fold is a line break and one blank; version 2.1 folds where a blank stands already
            raw += lines[end] if card.version == "2.1" and b"BASE64" not in head else lines[end][1:]
        else:
            break
        end += 1
    if b"BASE64" in head or b"ENCODING=B" in head:
        while end < len(lines) and lines[end].strip() and BASE64_LINE.fullmatch(lines[end]):
            end += 1
    found = _property(raw)
    if found is None:
        card.unread += 1
        card.text.append(_decoded(raw))
    elif found.name not in BINARY:
        card.properties.append(found)
        card.text.append(_decoded(raw, "utf-8", found.parameter("CHARSET")))
        if found.name == "VERSION":
            card.version = found.text
    return end


def _property(raw: bytes) -> Property | None:
    head = _decoded(raw)
    named = NAME.match(head)
    if not named:
        return None
    at = named.end()
    parameters: list[tuple[str, str]] = []
    while hit := PARAMETER.match(head, at):
        at = hit.end()
        parameters.extend(_parameter(hit[1]))
    if head[at : at + 1] != ":":
        return None
    charset = next((value for name, value in parameters if name == "CHARSET"), "")
    encoding = next((value for name, value in parameters if name == "ENCODING"), "")
    value = head[at + 1 :]
    if encoding == "QUOTED-PRINTABLE":
        value = _decoded(quopri.decodestring(raw[len(head[: at + 1].encode("utf-8")) :]), charset)
    elif charset and not raw.isascii():
        # what is UTF-8 was converted by somebody on the way, whatever the card says
        value = _decoded(raw, "utf-8", charset)[at + 1 :]
    if encoding in {"BASE64", "B"}:
        value = ""
    return Property(named[2].upper(), value.replace("\x00", ""), (named[1] or "").lower(), tuple(parameters))


def _parameter(text: str) -> Iterator[tuple[str, str]]:
    name, equals, value = text.partition("=")
    if not equals:  # version 2.1 leaves the name out
        bare = name.strip().upper()
        yield ("ENCODING" if bare in ENCODINGS else "TYPE"), bare
        return
    name = name.strip().upper()
    for part in value.replace('"', "").split(","):
        yield name, part.strip() if name == "X-LABEL" else part.strip().upper()


def _decoded(raw: bytes, *charsets: str) -> str:
    """Return bytes as text: in the first charset that fits, else UTF-8, else Windows' Western one."""
    for encoding in (*charsets, "utf-8", "cp1252"):
        try:
            if encoding:
                return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")

"""A table's rows as records: a row a client with contacts beside it, or a row a contact with the client repeated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kinbook.exchange.reading.columns import MAIN
from kinbook.exchange.reading.dates import NotADate, Order, is_ambiguous, order_of, read_date
from kinbook.exchange.reading.record import CSV, Kin, Mailbox, Number, Person, Problem, Reading, Record, Source
from kinbook.exchange.reading.words import (
    folded,
    header_words,
    is_yes,
    kind_of,
    relationship_of,
    split_name,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from kinbook.exchange.reading.columns import Columns
    from kinbook.exchange.reading.table import Row, Table

PHONES = {"phone": "mobile", "mobile": "mobile", "home_phone": "home", "work_phone": "work", "fax": "other"}
PLAIN = ("goes_by", "city", "region", "postal_code", "country")
ORGANIZATIONS = ("school", "agency")
Cells = dict[str, list[str]]
Places = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row what stands: for the client and for each contact, which column means what."""

    places: Mapping[str, Places]
    systems: Mapping[tuple[str, int], str]
    said: Mapping[str, str]
    order: Order
    today: date


def read_spreadsheet(table: Table, columns: Columns, *, today: date) -> Reading:
    """Return the reading of a table whose columns' meaning is settled; dates both ways readable are American."""
    layout = _layout(table, columns, today)

    def records() -> Iterator[Record]:
        later = _repeated(table, layout)
        taken = {row.line for rows in later.values() for row in rows}
        for row in table.rows():
            if row.line not in taken:
                yield _record(row, later.get(row.line, []), layout)

    return Reading(CSV, table.total, records, columns.as_clients)


def dates_order(table: Table, columns: Columns) -> tuple[Order | None, str]:
    """Return what stands first in the table's dates, None where it must be asked, and a date that shows it."""
    places = [place for place, name in enumerate(columns.fields) if name in {f"{MAIN}.born", f"{MAIN}.deceased_on"}]
    if not places:
        return Order.MONTH_FIRST, ""
    known = order_of(row.cells[place] for row in table.rows() if not row.broken for place in places)
    if known:
        return known, ""
    cells = (row.cells[place] for row in table.rows() if not row.broken for place in places)
    example = next((cell for cell in cells if is_ambiguous(cell)), "")
    return (None, example) if example else (Order.MONTH_FIRST, "")


def _layout(table: Table, columns: Columns, today: date) -> Layout:
    places: dict[str, Places] = defaultdict(list)
    systems = {}
    for place, name in enumerate(columns.fields):
        whose, _, what = name.partition(".")
        if what:
            places[whose].append((what, place))
        if what == "id":
            words = [word for word in header_words(table.header[place]).split() if not word.isdigit()]
            systems[whose, place] = f"csv:{' '.join(words)}"
    order = columns.order or dates_order(table, columns)[0] or Order.MONTH_FIRST
    return Layout(dict(places), systems, columns.said, order, today)


def _repeated(table: Table, layout: Layout) -> dict[int, list[Row]]:
    """Return rows that speak of a client again, by the line of the first: each brings another contact."""
    if len(layout.places) < 2:
        return {}
    first: dict[int, int] = {}
    later: dict[int, list[Row]] = defaultdict(list)
    for row in table.rows():
        key = None if row.broken else _identity(row, layout)
        if key is None:
            continue
        line = first.setdefault(key, row.line)
        if line != row.line:
            later[line].append(row)
    return later


def _identity(row: Row, layout: Layout) -> int | None:
    """Return what tells two rows' clients apart: the other program's number, else name and birthday, else all of it."""
    cells = _cells(row, layout, MAIN)
    if "id" in cells:
        return hash(tuple(cells["id"]))
    name = tuple(folded(" ".join(cells.get(part, ()))) for part in ("name", "first_name", "middle_name", "last_name"))
    if not any(name):
        return None
    if "born" in cells:
        return hash((name, tuple(cells["born"])))
    return hash((name, str(cells)))


def _cells(row: Row, layout: Layout, whose: str) -> Cells:
    """Return what a row says of one person, by meaning; empty cells say nothing."""
    found: Cells = {}
    for what, place in layout.places.get(whose, ()):
        cell = row.cells[place].strip()
        if cell:
            found.setdefault(what, []).append(cell)
    return found


def _record(row: Row, later: Sequence[Row], layout: Layout) -> Record:
    original = [list(each.cells) for each in (row, *later)]
    if row.broken:
        return Record(row.line, Person(), problems=(Problem("", row.broken, refuses=True),), original=original)
    problems: list[Problem] = []
    cells = _cells(row, layout, MAIN)
    person = _person(row, cells, layout, MAIN)
    person = _with_dates(person, cells, layout, problems)
    contacts = [
        kin
        for each in (row, *later)
        for whose in layout.places
        if whose != MAIN and (kin := _kin(each, layout, whose, problems)) is not None
    ]
    return Record(
        row.line,
        person,
        tuple(contacts),
        kind=_known(cells, "kind", "Type", kind_of, problems),
        status=_known(cells, "status", "Status", status_of, problems),
        clinician=" ".join(cells.get("clinician", ())),
        problems=tuple(problems),
        original=original,
        more_lines=tuple(each.line for each in later),
    )


def _known(cells: Cells, what: str, label: str, read: object, problems: list[Problem]) -> str:
    text = " ".join(cells.get(what, ()))
    found: str = read(text)  # type: ignore[operator]
    if text and not found:
        problems.append(Problem(label, f"“{text[:60]}” is not known here, and was left out."))
    return found


def _person(row: Row, cells: Cells, layout: Layout, whose: str) -> Person:
    first = " ".join((*cells.get("first_name", ()), *cells.get("middle_name", ())))
    last = " ".join(cells.get("last_name", ()))
    if not (first and last) and "name" in cells:
        split = split_name(cells["name"][0])
        first, last = first or split[0], last or split[1]
    emails = tuple(Mailbox(part) for cell in cells.get("email", ()) for part in _several(cell))
    phones = tuple(
        Number(part, type_, silent=what == "fax")
        for what, type_ in PHONES.items()
        for cell in cells.get(what, ())
        for part in _several(cell)
    )
    sources = tuple(
        Source(layout.systems[whose, place], row.cells[place].strip()[:200])
        for what, place in layout.places.get(whose, ())
        if what == "id" and row.cells[place].strip()
    )
    nameless = not first and not last
    plain: dict[str, Any] = {what: cells[what][0] for what in PLAIN if what in cells}
    return Person(
        first_name=first,
        last_name=last,
        organization=cells["organization"][0] if nameless and "organization" in cells else "",
        street=", ".join(cells.get("street", ())),
        emails=emails,
        phones=phones,
        sources=sources,
        **plain,
    )


def _several(cell: str) -> list[str]:
    """Return the parts of a cell that holds several addresses or numbers."""
    if not any(sign in cell for sign in ";/|\n") and " ::: " not in cell:
        return [cell]
    for sign in (":::", ";", "|", "\n", "/"):
        cell = cell.replace(sign, "\x1f")
    return [part.strip() for part in cell.split("\x1f") if part.strip()]


def _with_dates(person: Person, cells: Cells, layout: Layout, problems: list[Problem]) -> Person:
    if "born" in cells:
        text = cells["born"][0]
        try:
            person = replace(person, born=read_date(text, layout.order, layout.today))
        except NotADate:
            problems.append(Problem("Date of birth", f"“{text[:60]}” is not a date.", refuses=True))
    if "deceased_on" in cells:
        text = cells["deceased_on"][0]
        try:
            person = replace(person, deceased_on=read_date(text, layout.order, layout.today), is_deceased=True)
        except NotADate:
            person = replace(person, is_deceased=is_yes(text) is not False)
    return person


def _kin(row: Row, layout: Layout, whose: str, problems: list[Problem]) -> Kin | None:
    cells = _cells(row, layout, whose)
    person = _person(row, cells, layout, whose)
    if person.is_nobody:
        return None

    def said(what: str) -> str:
        return cells[what][0] if what in cells else layout.said.get(f"{whose}.{what}", "")

    relationship = relationship_of(said("relationship")) or "other"
    flags = {}
    for what in ("legal_guardian", "emergency_contact", "responsible"):
        flags[what] = is_yes(said(what)) or False
        if is_yes(said(what)) is None:
            problems.append(Problem(f"Contact {whose[-1]}", f"“{said(what)[:60]}” is neither yes nor no: taken as no."))
    if relationship in ORGANIZATIONS and "name" in cells and not person.organization:
        person = replace(person, organization=cells["name"][0], first_name="", last_name="")
    flags["legal_guardian"] |= relationship == "legal_guardian"
    return Kin(person, relationship, **flags)

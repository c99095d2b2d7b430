"""The journal as files for whoever keeps the books: Beancount, QuickBooks, Xero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import require_all
from kinbook.ledger.accountants import day_lines, imported_rows
from kinbook.ledger.beancount import beancount_file
from kinbook.ledger.journal import entries_visible_to
from kinbook.practice.models import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kinbook.tenancy.viewer import Viewer

BEANCOUNT = "beancount"
PROGRAMS = {"quickbooks": "QuickBooks Online", "xero": "Xero", BEANCOUNT: "Beancount"}


def journal_rows(viewer: Viewer, program: str, since: date, through: date, tax_rate: str = "") -> Iterator[list[str]]:
    """Return the rows of the whole practice's journal as a program imports them; two queries."""
    require_all(viewer, Action.JOURNAL_SEE)
    services = dict(Service.objects.values_list("pk", "name"))
    return imported_rows(program, day_lines(since, through), services, viewer.currency, tax_rate)


def journal_beancount(viewer: Viewer, since: date, through: date) -> str:
    """Return the practice's journal of some days as a Beancount file."""
    require_all(viewer, Action.JOURNAL_SEE)
    return beancount_file(viewer, entries_visible_to(viewer).filter(on_date__range=(since, through)))

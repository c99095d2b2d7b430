"""Files of the screens that read across."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from kinbook.web.spreadsheet import MARK, text_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from kinbook.overview.queries.audit_log import LogRow

LOG = (
    *("When", "Who", "Kind of viewer", "What", "Kind of subject", "Subject", "Client", "Client id", "Details"),
    *("From", "Request", "Entry"),
)


def log_csv(rows: Iterable[LogRow], zone: ZoneInfo) -> bytes:
    """Return entries of the audit log as CSV; instants are the practice's own, with their offset."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(LOG)
    for row in rows:
        entry = row.entry
        cells = (
            *(entry.at.astimezone(zone).isoformat(timespec="seconds"), entry.viewer_name, entry.viewer_kind),
            *(entry.action, entry.subject_kind, entry.subject_id or "", row.client.name if row.client else ""),
            *(entry.client_id or "", json.dumps(entry.details, ensure_ascii=False)),
            *(entry.address, entry.request_id, entry.pk),
        )
        writer.writerow([text_cell(str(cell)) for cell in cells])
    return MARK + written.getvalue().encode()

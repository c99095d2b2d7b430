"""Permissions as people read them: each with its scope, and what gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action as A  # noqa: N817 - the table is read in columns
from kinbook.access.matrix import PRACTICE_WIDE, Scope, scopes
from kinbook.access.policy import held
from kinbook.tenancy.viewer import ROLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.tenancy.viewer import Viewer

ACTION_NAMES = {
    A.CLIENT_LIST: "List clients",
    A.CLIENT_OPEN: "Open a client’s page",
    A.CLIENT_CREATE: "Create clients",
    A.CLIENT_EDIT: "Edit clients",
    A.CONTACT_EDIT: "Edit contacts",
    A.CLIENT_ASSIGN: "Assign and share clients",
    A.PEOPLE_MERGE: "Merge people",
    A.CLIENT_CLOSE: "Close a client’s record",
    A.EMERGENCY_OPEN: "Open closed records in an emergency",
    A.WHO_PAYS_CHANGE: "Change who pays",
    A.CALENDAR_SEE: "See the calendar",
    A.CALENDAR_NAMES: "See names in the calendar",
    A.CALENDAR_EDIT: "Book and change appointments",
    A.AMOUNTS_SEE: "See amounts",
    A.APPOINTMENT_DUE_SEE: "See what is due on an appointment",
    A.INVOICE_CREATE: "Create invoices",
    A.INVOICE_VOID: "Delete invoices",
    A.INVOICE_READDRESS: "Re-address invoices",
    A.INVOICE_SEND: "Send invoices",
    A.DOCUMENT_MAKE: "Create statements and other documents",
    A.DOCUMENT_SEND: "Send documents",
    A.PAYMENT_ADD: "Add payments",
    A.PAYMENT_REVERSE: "Reverse payments",
    A.PAYMENT_REFUND: "Refund payments",
    A.WRITE_OFF: "Write off, credit and discount",
    A.RUN_VOID: "Delete runs of invoices",
    A.PERIOD_CLOSE: "Close months",
    A.PERIOD_REOPEN: "Open a closed month again",
    A.JOURNAL_SEE: "Read the journal",
    A.CLINICAL_SEE: "See clinical documents and diagnoses",
    A.DIAGNOSIS_SEE: "See diagnosis codes on superbills",
    A.DIAGNOSIS_EDIT: "Enter diagnosis codes",
    A.MESSAGES_SEE: "Read messages",
    A.MESSAGES_SEND: "Write messages",
    A.REPORTS_SEE: "See reports",
    A.PRACTICE_SETTINGS: "Change the practice’s settings",
    A.BILLING_SETTINGS: "Change billing settings",
    A.TEAM_MANAGE: "Manage the team",
    A.OWNER_MANAGE: "Manage owners’ accounts",
    A.IMPORT: "Import files",
    A.EXPORT: "Export files",
    A.TOKEN_OWN: "Make API tokens of one’s own",
    A.ACCOUNT_OWN: "Keep one’s own account",
    A.AUDIT_ALL: "Read the whole audit log",
    A.AUDIT_OWN: "Read one’s own entries in the audit log",
}

SCOPE_NAMES = {
    Scope.ALL: "All clients",
    Scope.OWN: "Own clients",
    Scope.SUPERVISED: "Supervisees’ clients",
}
WITHOUT_CLIENTS = PRACTICE_WIDE | {
    A.TEAM_MANAGE,
    A.OWNER_MANAGE,
    A.TOKEN_OWN,
    A.ACCOUNT_OWN,
    A.AUDIT_OWN,
    A.EMERGENCY_OPEN,
}
GRANTED = "Granted"


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission a member has or lacks: whose clients it reaches, and which roles or grants give it."""

    action: A
    name: str
    scopes: tuple[Scope, ...]
    whose: str
    sources: tuple[str, ...]


def permissions_of(viewer: Viewer) -> list[Permission]:
    """Return every permission there is, as it stands for a member."""
    return [_permission(viewer, action) for action in A]


def _permission(viewer: Viewer, action: A) -> Permission:
    reached = tuple(scope for scope in Scope if scope in held(viewer.roles, viewer.extra, action))
    return Permission(action, ACTION_NAMES[action], reached, whose(action, reached), tuple(_sources(viewer, action)))


def whose(action: A, reached: Iterable[Scope]) -> str:
    """Return whose clients a permission reaches, in words; "Yes" where it is about none."""
    found = list(reached)
    if not found:
        return "No"
    if action in WITHOUT_CLIENTS:
        return "Yes"
    return SCOPE_NAMES[Scope.ALL] if Scope.ALL in found else ", ".join(SCOPE_NAMES[each] for each in found)


def _sources(viewer: Viewer, action: A) -> Iterable[str]:
    for role in sorted(viewer.roles):
        if scopes(frozenset({role}), action):
            yield ROLE_NAMES[role]
    if any(granted == action for granted, _ in viewer.extra):
        yield GRANTED

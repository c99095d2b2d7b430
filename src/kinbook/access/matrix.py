"""The matrix: which role may do what, to whose clients. One table, as docs/subjects/access.md explains it.

Scopes: ALL of the practice, OWN clients (assigned to or shared with the member), SUPERVISED clients (those of the
member's supervisees), or nothing. Permissions of several roles add up.
"""

from __future__ import annotations

from enum import StrEnum

from kinbook.access.actions import Action as A  # noqa: N817 - the table is read in columns
from kinbook.tenancy.viewer import Role


class Scope(StrEnum):
    """Whose clients a permission reaches."""

    ALL = "all"
    OWN = "own"
    SUPERVISED = "supervised"


ALL, OWN, SUP, NO = Scope.ALL, Scope.OWN, Scope.SUPERVISED, None

COLUMNS = (
    Role.OWNER,
    Role.MANAGER,
    Role.SUPERVISOR,
    Role.CLINICIAN_ENTIRE,
    Role.CLINICIAN_FULL_LIST,
    Role.CLINICIAN_BILLING,
    Role.CLINICIAN_BASIC,
    Role.BILLER,
    Role.SCHEDULER,
)

CLINICAL = frozenset({Role.CLINICIAN_ENTIRE, Role.CLINICIAN_FULL_LIST, Role.CLINICIAN_BILLING, Role.CLINICIAN_BASIC})
"""The roles of those who treat."""

ADMINISTRATIVE = frozenset({Role.OWNER, Role.MANAGER, Role.BILLER, Role.SCHEDULER})
"""The roles that a record can be closed to."""

FRONT_DESK = frozenset({Role.BILLER, Role.SCHEDULER})
"""The roles that open the administrative page, and not what was said or written in treatment."""

# fmt: off
TABLE: dict[A, tuple[Scope | None, ...]] = {
    #                      owner manager superv. entire  full    billing basic   biller  scheduler
    A.CLIENT_LIST:        (ALL,  ALL,    SUP,    ALL,    ALL,    OWN,    OWN,    ALL,    ALL),
    A.CLIENT_OPEN:        (ALL,  ALL,    SUP,    ALL,    OWN,    OWN,    OWN,    ALL,    ALL),
    A.CLIENT_CREATE:      (ALL,  ALL,    NO,     ALL,    ALL,    ALL,    ALL,    NO,     ALL),
    A.CLIENT_EDIT:        (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    OWN,    NO,     NO),
    A.CONTACT_EDIT:       (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    OWN,    ALL,    ALL),
    A.CLIENT_ASSIGN:      (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    OWN,    NO,     ALL),
    A.PEOPLE_MERGE:       (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    OWN,    NO,     NO),
    A.CLIENT_CLOSE:       (ALL,  ALL,    NO,     OWN,    OWN,    OWN,    OWN,    NO,     NO),
    A.EMERGENCY_OPEN:     (ALL,  NO,     NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.WHO_PAYS_CHANGE:    (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.CALENDAR_SEE:       (ALL,  ALL,    SUP,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL),
    A.CALENDAR_NAMES:     (ALL,  ALL,    SUP,    ALL,    ALL,    OWN,    OWN,    ALL,    ALL),
    A.CALENDAR_EDIT:      (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    OWN,    NO,     ALL),
    A.AMOUNTS_SEE:        (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.APPOINTMENT_DUE_SEE:(ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    ALL),
    A.INVOICE_CREATE:     (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.INVOICE_VOID:       (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.INVOICE_READDRESS:  (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.INVOICE_SEND:       (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.DOCUMENT_MAKE:      (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.DOCUMENT_SEND:      (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.PAYMENT_ADD:        (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    ALL),
    A.PAYMENT_REVERSE:    (ALL,  ALL,    NO,     ALL,    NO,     NO,     NO,     ALL,    NO),
    A.PAYMENT_REFUND:     (ALL,  ALL,    NO,     ALL,    NO,     NO,     NO,     ALL,    NO),
    A.WRITE_OFF:          (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.RUN_VOID:           (ALL,  ALL,    NO,     ALL,    NO,     NO,     NO,     ALL,    NO),
    A.PERIOD_CLOSE:       (ALL,  ALL,    NO,     ALL,    NO,     NO,     NO,     ALL,    NO),
    A.PERIOD_REOPEN:      (ALL,  NO,     NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.JOURNAL_SEE:        (ALL,  ALL,    NO,     ALL,    OWN,    OWN,    NO,     ALL,    NO),
    A.CLINICAL_SEE:       (OWN,  NO,     SUP,    ALL,    OWN,    OWN,    OWN,    NO,     NO),
    A.DIAGNOSIS_SEE:      (OWN,  NO,     SUP,    ALL,    OWN,    OWN,    OWN,    ALL,    NO),
    A.DIAGNOSIS_EDIT:     (OWN,  NO,     NO,     ALL,    OWN,    OWN,    OWN,    NO,     NO),
    A.MESSAGES_SEE:       (ALL,  ALL,    SUP,    ALL,    OWN,    OWN,    OWN,    ALL,    ALL),
    A.MESSAGES_SEND:      (ALL,  ALL,    SUP,    ALL,    OWN,    OWN,    OWN,    ALL,    ALL),
    A.REPORTS_SEE:        (ALL,  ALL,    SUP,    OWN,    OWN,    OWN,    OWN,    ALL,    ALL),
    A.PRACTICE_SETTINGS:  (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.BILLING_SETTINGS:   (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     ALL,    NO),
    A.TEAM_MANAGE:        (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.OWNER_MANAGE:       (ALL,  NO,     NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.IMPORT:             (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.EXPORT:             (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.TOKEN_OWN:          (ALL,  ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL),
    A.ACCOUNT_OWN:        (ALL,  ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL),
    A.AUDIT_ALL:          (ALL,  ALL,    NO,     NO,     NO,     NO,     NO,     NO,     NO),
    A.AUDIT_OWN:          (ALL,  ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL,    ALL),
}
# fmt: on

LOOKING = frozenset(
    {A.CLIENT_LIST, A.CLIENT_OPEN, A.CALENDAR_SEE, A.CALENDAR_NAMES, A.AMOUNTS_SEE, A.JOURNAL_SEE}
    | {A.APPOINTMENT_DUE_SEE}
    | {A.CLINICAL_SEE, A.DIAGNOSIS_SEE, A.MESSAGES_SEE, A.REPORTS_SEE, A.AUDIT_ALL, A.AUDIT_OWN}
)
"""What a read-only token may still do."""


PRACTICE_WIDE = frozenset(
    {
        A.CLIENT_CREATE,
        A.CALENDAR_SEE,
        A.RUN_VOID,
        A.PERIOD_CLOSE,
        A.PERIOD_REOPEN,
        A.PRACTICE_SETTINGS,
        A.BILLING_SETTINGS,
    }
    | {A.IMPORT, A.EXPORT, A.AUDIT_ALL}
)
"""What touches the practice as a whole: granted for all of it or not at all."""

GRANTABLE = tuple(
    action
    for action in TABLE
    if action
    not in {A.TEAM_MANAGE, A.OWNER_MANAGE, A.PERIOD_REOPEN, A.EMERGENCY_OPEN, A.TOKEN_OWN, A.ACCOUNT_OWN, A.AUDIT_OWN}
)
"""What can be granted on top of roles. Managing the team and opening closed records come with a role alone."""


def scopes(roles: frozenset[Role], action: A) -> frozenset[Scope]:
    """Return whose clients these roles reach with the action; empty where nobody's."""
    row = TABLE[action]
    return frozenset(scope for role, scope in zip(COLUMNS, row, strict=True) if role in roles and scope is not None)

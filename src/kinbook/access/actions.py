"""Everything anyone can ask to do, one word each; who may is in `matrix` and nowhere else."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a viewer may do, named as resource and verb."""

    CLIENT_LIST = "client:list"
    CLIENT_OPEN = "client:open"
    CLIENT_CREATE = "client:create"
    CLIENT_EDIT = "client:edit"
    CONTACT_EDIT = "contact:edit"
    CLIENT_ASSIGN = "client:assign"
    PEOPLE_MERGE = "people:merge"
    CLIENT_CLOSE = "client:close"
    EMERGENCY_OPEN = "emergency:open"

    WHO_PAYS_CHANGE = "who_pays:change"

    CALENDAR_SEE = "calendar:see"
    CALENDAR_NAMES = "calendar:names"
    CALENDAR_EDIT = "calendar:edit"

    AMOUNTS_SEE = "amounts:see"
    APPOINTMENT_DUE_SEE = "amounts:see_due_on_appointment"
    INVOICE_CREATE = "invoice:create"
    INVOICE_VOID = "invoice:void"
    INVOICE_READDRESS = "invoice:readdress"
    INVOICE_SEND = "invoice:send"
    DOCUMENT_MAKE = "document:make"
    DOCUMENT_SEND = "document:send"
    PAYMENT_ADD = "payment:add"
    PAYMENT_REVERSE = "payment:reverse"
    PAYMENT_REFUND = "payment:refund"
    WRITE_OFF = "write_off:add"
    RUN_VOID = "run:void"
    PERIOD_CLOSE = "period:close"
    PERIOD_REOPEN = "period:reopen"
    JOURNAL_SEE = "journal:see"

    CLINICAL_SEE = "clinical:see"
    DIAGNOSIS_SEE = "diagnosis:see"
    DIAGNOSIS_EDIT = "diagnosis:edit"
    MESSAGES_SEE = "messages:see"
    MESSAGES_SEND = "messages:send"
    REPORTS_SEE = "reports:see"

    PRACTICE_SETTINGS = "settings:practice"
    BILLING_SETTINGS = "settings:billing"
    TEAM_MANAGE = "team:manage"
    OWNER_MANAGE = "team:owner"
    IMPORT = "data:import"
    EXPORT = "data:export"
    TOKEN_OWN = "token:own"  # noqa: S105 - an action, not a secret
    ACCOUNT_OWN = "account:own"
    AUDIT_ALL = "audit:all"
    AUDIT_OWN = "audit:own"

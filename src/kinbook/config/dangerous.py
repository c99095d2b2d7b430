"""What asks a member again who they are, and what is no sign of a member at work: by the names of addresses."""

from __future__ import annotations

from datetime import timedelta

FRESH = timedelta(minutes=10)
"""How long a password, code or passkey counts as shown just now."""

DANGEROUS: dict[str, frozenset[str]] = {
    # who may do what
    "team:new_member": frozenset({"POST"}),
    "team:member": frozenset({"POST"}),
    "team:invite": frozenset({"POST"}),
    "team:leave": frozenset({"POST"}),
    "team:tokens": frozenset({"POST"}),
    "overview:new_role": frozenset({"POST"}),
    "overview:end_role": frozenset({"POST"}),
    "overview:new_permission": frozenset({"POST"}),
    "overview:end_permission": frozenset({"POST"}),
    "overview:hand_over": frozenset({"POST"}),
    # how members sign in
    "accounts:rules": frozenset({"POST"}),
    "accounts:password": frozenset({"POST"}),
    "accounts:email": frozenset({"POST"}),
    "accounts:member_email": frozenset({"POST"}),
    "accounts:reset_second_step": frozenset({"POST"}),
    "accounts:app": frozenset({"POST"}),
    "accounts:passkey": frozenset({"POST"}),
    "accounts:remove_factor": frozenset({"POST"}),
    "accounts:renew_codes": frozenset({"POST"}),
    # what takes money out of the practice
    "payments:refund": frozenset({"POST"}),
    "cards:refund": frozenset({"POST"}),
    # where money goes
    "cards:integrations": frozenset({"POST"}),
    "cards:remove_keys": frozenset({"POST"}),
    # what takes data out of the practice
    "overview:audit_csv": frozenset({"GET"}),
    "reports:csv": frozenset({"GET"}),
    "reports:export_file": frozenset({"GET"}),
    "messaging:transcript_pdf": frozenset({"GET"}),
    "messaging:transcript_json": frozenset({"GET"}),
}
"""Addresses, and the methods of theirs that need a fresh proof."""

BACKGROUND = frozenset({"invoices:run_progress", "documents:run_progress", "exchange:progress"})
"""Addresses that pages ask by themselves, again and again."""
BACKGROUND_HEADER = "X-Kinbook-Background"
"""Set by a page on what it asks by itself."""

"""Invoices: issued once and never changed, voided with a reason, given to another payer in one step."""

"""Payments: they belong to who paid, settle that payer's invoices, and are never changed, only answered."""

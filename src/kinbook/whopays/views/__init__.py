"""Screens of who pays: a new client, contacts, Manage Client Portal & Billing, the chooser, merging."""

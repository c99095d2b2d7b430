"""Screens of invoices: the list, the page and its paper, creating, runs, re-addressing."""

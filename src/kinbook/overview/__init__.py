"""Screens that read across: the list of clients, a client's overview, what needs a hand in billing, search."""

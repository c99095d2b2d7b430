"""Counts of what needs a hand, kept with every change, without a lock that writers would queue for."""

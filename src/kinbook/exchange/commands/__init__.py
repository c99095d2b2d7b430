"""Bringing files in, and completing what they left open."""

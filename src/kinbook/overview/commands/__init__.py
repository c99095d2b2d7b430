"""Deeds that span features."""

"""Inviting to the portal, suspending and lifting, and the practice's words about it."""

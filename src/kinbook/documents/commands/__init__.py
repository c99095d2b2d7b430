"""Making documents, sending them, and keeping what they need to know."""

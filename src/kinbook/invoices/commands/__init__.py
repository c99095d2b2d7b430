"""Writing invoices: issue, void, re-address, settle, send, and many at once."""

CALL kinbook_protect('audit_entry');
CALL kinbook_append_only('audit_entry');
-- which transaction wrote the entry: sealing takes only entries of transactions that are surely over
ALTER TABLE audit_entry ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Who is asking: set for one transaction by kinbook.tenancy.session. Without it, nothing is shown.
CREATE FUNCTION kinbook_practice() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('kinbook.practice', true), '')::uuid $$;

CREATE FUNCTION kinbook_portal_person() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('kinbook.portal_person', true), '')::uuid $$;

-- Fences a practice table: the application sees the named practice's rows only, a portal person sees none until a
-- later migration opens the table for them, and the owner (migrations) sees all.
CREATE PROCEDURE kinbook_protect(fenced regclass, practice_column text DEFAULT 'practice_id')
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', fenced);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', fenced);
  EXECUTE format(
    'CREATE POLICY practice ON %s TO kinbook_application USING (%I = (SELECT kinbook_practice()))'
    ' WITH CHECK (%I = (SELECT kinbook_practice()))', fenced, practice_column, practice_column);
  EXECUTE format(
    'CREATE POLICY staff_only ON %s AS RESTRICTIVE TO kinbook_application'
    ' USING ((SELECT kinbook_portal_person()) IS NULL)', fenced);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', fenced);
  IF practice_column = 'practice_id'
     AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = fenced AND attname = 'id' AND NOT attisdropped) THEN
    EXECUTE format('ALTER TABLE %s ADD UNIQUE (practice_id, id)', fenced);
  END IF;
END $$;

-- Ties a reference between practice tables to one practice: foreign keys do not look at row-level security.
CREATE PROCEDURE kinbook_tie(child regclass, child_column text, parent regclass, on_delete text DEFAULT 'NO ACTION')
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (practice_id, %I) REFERENCES %s (practice_id, id) ON DELETE %s',
    child, left(child::text, 30) || '_' || child_column || '_tie', child_column, parent, on_delete);
END $$;

CREATE FUNCTION kinbook_refuse_change() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Rows of the table can be added and read, by nobody changed or deleted.
CREATE PROCEDURE kinbook_append_only(kept regclass)
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM kinbook_application', kept);
  EXECUTE format(
    'CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION kinbook_refuse_change()',
    kept);
END $$;

-- What the application's role may do with tables made before and after this migration.
GRANT USAGE ON SCHEMA public TO kinbook_application;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kinbook_application;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO kinbook_application;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kinbook_application;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO kinbook_application;

CALL kinbook_protect('tenancy_practice', 'id');

-- Django's cache (rate limits of sign-in): an installation table.
CREATE TABLE tenancy_cache (
  cache_key varchar(255) PRIMARY KEY,
  value text NOT NULL,
  expires timestamptz NOT NULL
);
CREATE INDEX tenancy_cache_expires ON tenancy_cache (expires);

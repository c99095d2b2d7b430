-- The same fence, said so that the planner expects it to let rows through. It takes "unknown value IS NULL" to be true
-- of one row in two hundred, and "unknown number <> 0" to be true of nearly all; with the former it planned every
-- query as if each table held a handful of rows.
CREATE OR REPLACE PROCEDURE kinbook_protect(fenced regclass, practice_column text DEFAULT 'practice_id')
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', fenced);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', fenced);
  EXECUTE format(
    'CREATE POLICY practice ON %s TO kinbook_application USING (%I = (SELECT kinbook_practice()))'
    ' WITH CHECK (%I = (SELECT kinbook_practice()))', fenced, practice_column, practice_column);
  EXECUTE format(
    'CREATE POLICY staff_only ON %s AS RESTRICTIVE TO kinbook_application'
    ' USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0)', fenced);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', fenced);
  IF practice_column = 'practice_id'
     AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = fenced AND attname = 'id' AND NOT attisdropped) THEN
    EXECUTE format('ALTER TABLE %s ADD UNIQUE (practice_id, id)', fenced);
  END IF;
END $$;

DO $$
DECLARE fenced regclass;
BEGIN
  FOR fenced IN SELECT polrelid FROM pg_policy WHERE polname = 'staff_only' LOOP
    EXECUTE format('ALTER POLICY staff_only ON %s USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0)', fenced);
  END LOOP;
END $$;

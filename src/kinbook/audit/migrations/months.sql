-- The log lies in a table a month, reached through audit_entry only: nobody but the owner may name these tables.
CREATE SCHEMA kinbook_audit;
ALTER TABLE audit_entry SET SCHEMA kinbook_audit;
ALTER TABLE kinbook_audit.audit_entry RENAME TO entry_before;

-- Ids are UUIDs of version 7, which begin with their time: divided by id, the key and UNIQUE (practice_id, id) stay.
CREATE TABLE audit_entry (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  viewer_kind text NOT NULL,
  viewer_id uuid NOT NULL,
  viewer_name text NOT NULL,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  client_id uuid,
  details jsonb NOT NULL,
  address text NOT NULL,
  request_id text NOT NULL,
  practice_id uuid NOT NULL CONSTRAINT audit_entry_practice_id_fk_tenancy_practice_id
    REFERENCES tenancy_practice (id) DEFERRABLE INITIALLY DEFERRED
) PARTITION BY RANGE (id);
CREATE INDEX audit_by_time ON audit_entry (practice_id, at DESC, id DESC);
CREATE INDEX audit_by_client ON audit_entry (practice_id, client_id, at DESC) WHERE client_id IS NOT NULL;
CREATE INDEX audit_by_viewer ON audit_entry (practice_id, viewer_id, at DESC);
CREATE INDEX audit_by_action ON audit_entry (practice_id, action, at DESC);
CALL kinbook_protect('audit_entry');
CALL kinbook_append_only('audit_entry');

-- Whatever no month takes lies here, so that nothing is ever refused.
CREATE TABLE kinbook_audit.entry_other PARTITION OF audit_entry DEFAULT;

CREATE FUNCTION kinbook_first_id(since date) RETURNS uuid
  LANGUAGE sql IMMUTABLE
  AS $$ SELECT (lpad(to_hex((extract(epoch FROM since) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- Attached, not created in place: the log is read and written meanwhile. A month whose entries lie among the others
-- already (nobody made it in time) stays there.
CREATE PROCEDURE kinbook_make_audit_months(since date, through date)
  LANGUAGE plpgsql AS $$
DECLARE
  month date;
  made text;
  low uuid;
  high uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('kinbook.audit_months', 0));
  FOR month IN SELECT generate_series(date_trunc('month', since), through, '1 month')::date LOOP
    made := 'entry_' || to_char(month, 'YYYY_MM');
    low := kinbook_first_id(month);
    high := kinbook_first_id((month + interval '1 month')::date);
    CONTINUE WHEN to_regclass('kinbook_audit.' || made) IS NOT NULL;
    CONTINUE WHEN EXISTS (SELECT FROM kinbook_audit.entry_other WHERE id >= low AND id < high);
    EXECUTE format('CREATE TABLE kinbook_audit.%I (LIKE audit_entry INCLUDING DEFAULTS)', made);
    EXECUTE format(
      'ALTER TABLE audit_entry ATTACH PARTITION kinbook_audit.%I FOR VALUES FROM (%L) TO (%L)', made, low, high);
  END LOOP;
END $$;

-- For the job: the application may make the months ahead, and nothing else of this kind. It waits for no reader long.
CREATE FUNCTION kinbook_audit_months_ahead() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
  PERFORM set_config('lock_timeout', '2s', true);
  CALL kinbook_make_audit_months(today, (today + interval '3 months')::date);
END $$;

-- Every entry that was there stays, each in its month; those of unlikely times lie among the others.
DO $$
DECLARE
  oldest timestamptz;
BEGIN
  SELECT to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) INTO oldest
  FROM kinbook_audit.entry_before ORDER BY id LIMIT 1;
  CALL kinbook_make_audit_months(
    greatest(coalesce(oldest, now()), now() - interval '10 years')::date, (now() + interval '3 months')::date);
END $$;
INSERT INTO audit_entry
  (id, at, viewer_kind, viewer_id, viewer_name, action, subject_kind, subject_id, client_id, details, address,
   request_id, practice_id)
SELECT id, at, viewer_kind, viewer_id, viewer_name, action, subject_kind, subject_id, client_id, details, address,
  request_id, practice_id
FROM kinbook_audit.entry_before;
SET CONSTRAINTS ALL IMMEDIATE;
DROP TABLE kinbook_audit.entry_before;

CALL kinbook_tie('ledger_line', 'clinician_id', 'team_member');

ALTER TABLE ledger_line DISABLE TRIGGER never_changed;
UPDATE ledger_line AS line SET on_date = entry.on_date
FROM ledger_entry AS entry WHERE entry.practice_id = line.practice_id AND entry.id = line.entry_id;
ALTER TABLE ledger_line ENABLE TRIGGER never_changed;

-- As before, and a line bears the date of its entry.
CREATE OR REPLACE FUNCTION ledger_lines_added() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE late boolean; misdated boolean;
BEGIN
  EXECUTE $q$
    SELECT coalesce(bool_or(entry.xact <> pg_current_xact_id()), false),
           coalesce(bool_or(entry.on_date <> added.on_date), false)
    FROM added JOIN ledger_entry entry ON entry.practice_id = added.practice_id AND entry.id = added.entry_id
  $q$ INTO late, misdated;
  IF late THEN
    RAISE EXCEPTION 'an entry takes no lines after its transaction' USING ERRCODE = 'restrict_violation';
  END IF;
  IF misdated THEN
    RAISE EXCEPTION 'a line bears the date of its entry' USING ERRCODE = 'check_violation';
  END IF;

  EXECUTE $q$
    WITH moved AS (
      SELECT practice_id, account, payer_id, client_id, sum(cents) AS cents FROM added
      WHERE account IN ('receivable', 'credit')
      GROUP BY practice_id, account, payer_id, client_id HAVING sum(cents) <> 0
      ORDER BY practice_id, account, payer_id, client_id  -- one order of locks for all writers
    ), now AS (
      INSERT INTO ledger_balance AS kept (id, practice_id, account, payer_id, client_id, cents)
      SELECT gen_random_uuid(), practice_id, account, payer_id, client_id, cents FROM moved
      ON CONFLICT (practice_id, payer_id, account, client_id) DO UPDATE SET cents = kept.cents + excluded.cents
      RETURNING practice_id, account, payer_id, client_id, cents
    )
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), now.practice_id, 'credit',
           sum((now.cents < 0)::int - (now.cents - moved.cents < 0)::int),
           sum(greatest(-now.cents, 0) - greatest(moved.cents - now.cents, 0))
    FROM now JOIN moved USING (practice_id, account, payer_id)
    WHERE account = 'credit' GROUP BY now.practice_id
  $q$;
  RETURN NULL;
END $$;

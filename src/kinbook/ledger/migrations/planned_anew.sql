-- The same rules and sums as before, asked with EXECUTE: so they are planned for the tables as they are. A kept plan
-- was made when the first run began, for tables with a handful of rows, and read them whole with every step after it.
CREATE OR REPLACE FUNCTION ledger_lines_added() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE late boolean;
BEGIN
  EXECUTE $q$
    SELECT EXISTS (
      SELECT FROM added JOIN ledger_entry entry ON entry.practice_id = added.practice_id AND entry.id = added.entry_id
      WHERE entry.xact <> pg_current_xact_id()
    )
  $q$ INTO late;
  IF late THEN
    RAISE EXCEPTION 'an entry takes no lines after its transaction' USING ERRCODE = 'restrict_violation';
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

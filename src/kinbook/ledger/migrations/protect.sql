CALL kinbook_protect('ledger_entry');
CALL kinbook_protect('ledger_line');
CALL kinbook_protect('ledger_balance');
CALL kinbook_append_only('ledger_entry');
CALL kinbook_append_only('ledger_line');
CALL kinbook_tie('ledger_line', 'entry_id', 'ledger_entry');
CALL kinbook_tie('ledger_line', 'payer_id', 'people_party');
CALL kinbook_tie('ledger_line', 'client_id', 'people_client');
CALL kinbook_tie('ledger_line', 'service_id', 'practice_service');
CALL kinbook_tie('ledger_balance', 'payer_id', 'people_party');
CALL kinbook_tie('ledger_balance', 'client_id', 'people_client');
REVOKE INSERT, UPDATE, DELETE ON ledger_balance FROM kinbook_application;

-- Lines are added in the transaction of their entry and never after it.
ALTER TABLE ledger_entry ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Asked once an entry, when the transaction ends: it has lines, and they sum to zero.
-- SECURITY DEFINER: the rule must see lines that the viewer may not.
CREATE FUNCTION ledger_require_balance() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE total bigint;
BEGIN
  SELECT sum(cents) INTO total FROM ledger_line WHERE practice_id = NEW.practice_id AND entry_id = NEW.id;
  IF total IS DISTINCT FROM 0 THEN
    RAISE EXCEPTION 'the entry does not sum to zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance();

CREATE FUNCTION ledger_lines_added() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added JOIN ledger_entry entry ON entry.practice_id = added.practice_id AND entry.id = added.entry_id
    WHERE entry.xact <> pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'an entry takes no lines after its transaction' USING ERRCODE = 'restrict_violation';
  END IF;

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
  WHERE account = 'credit' GROUP BY now.practice_id;
  RETURN NULL;
END $$;

CREATE TRIGGER lines_added AFTER INSERT ON ledger_line REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_lines_added();

CALL kinbook_protect('ledger_book');
CALL kinbook_protect('ledger_closing');
CALL kinbook_protect('ledger_reopening');
CALL kinbook_append_only('ledger_closing');
CALL kinbook_append_only('ledger_reopening');
CALL kinbook_tie('ledger_reopening', 'closing_id', 'ledger_closing');
REVOKE INSERT, UPDATE, DELETE ON ledger_book FROM kinbook_application;

-- Each practice has its book, from its first day.
INSERT INTO ledger_book (practice_id) SELECT id FROM tenancy_practice;

CREATE FUNCTION ledger_open_book() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_book (practice_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER open_book AFTER INSERT ON tenancy_practice FOR EACH ROW EXECUTE FUNCTION ledger_open_book();

-- Shared by who posts, held alone by who closes: a month is closed once every transaction that posts has ended, and
-- who posts after it sees it closed. The application may not lock rows it does not write.
CREATE FUNCTION kinbook_hold_book(alone boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF alone THEN
    PERFORM FROM ledger_book WHERE practice_id = kinbook_practice() FOR UPDATE;
  ELSE
    PERFORM FROM ledger_book WHERE practice_id = kinbook_practice() FOR SHARE;
  END IF;
END $$;

-- No entry is added with a date in a closed month, whoever adds it.
CREATE FUNCTION ledger_refuse_closed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM ledger_book WHERE practice_id IN (SELECT practice_id FROM added) ORDER BY practice_id FOR SHARE;
  IF EXISTS (
    SELECT FROM added
    JOIN ledger_closing closing ON closing.practice_id = added.practice_id AND added.on_date < closing.until
    WHERE NOT EXISTS (SELECT FROM ledger_reopening again
                      WHERE again.practice_id = closing.practice_id AND again.closing_id = closing.id)
  ) THEN
    RAISE EXCEPTION 'the month of this entry is closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'month_is_open';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER month_is_open AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_closed();

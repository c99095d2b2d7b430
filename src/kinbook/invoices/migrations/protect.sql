CALL kinbook_protect('invoices_counter');
CALL kinbook_protect('invoices_invoice');
CALL kinbook_protect('invoices_invoiceline');
CALL kinbook_protect('invoices_standing');
CALL kinbook_protect('invoices_void');
CALL kinbook_protect('invoices_allocation');
CALL kinbook_protect('invoices_writeoff');
CALL kinbook_protect('invoices_succession');
CALL kinbook_protect('invoices_delivery');
CALL kinbook_protect('invoices_run');
CALL kinbook_protect('invoices_runstep');
CALL kinbook_append_only('invoices_invoice');
CALL kinbook_append_only('invoices_invoiceline');
CALL kinbook_append_only('invoices_void');
CALL kinbook_append_only('invoices_allocation');
CALL kinbook_append_only('invoices_writeoff');
CALL kinbook_append_only('invoices_succession');
CALL kinbook_append_only('invoices_delivery');
REVOKE INSERT, UPDATE, DELETE ON invoices_standing FROM kinbook_application;

CALL kinbook_tie('invoices_invoice', 'payer_id', 'people_party');
CALL kinbook_tie('invoices_invoice', 'run_id', 'invoices_run');
CALL kinbook_tie('invoices_invoiceline', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_invoiceline', 'client_id', 'people_client');
CALL kinbook_tie('invoices_invoiceline', 'charge_id', 'whopays_charge');
CALL kinbook_tie('invoices_invoiceline', 'service_id', 'practice_service');
CALL kinbook_tie('invoices_standing', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_standing', 'payer_id', 'people_party');
CALL kinbook_tie('invoices_void', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_allocation', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_allocation', 'client_id', 'people_client');
CALL kinbook_tie('invoices_allocation', 'undoes_id', 'invoices_allocation');
CALL kinbook_tie('invoices_writeoff', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_writeoff', 'client_id', 'people_client');
CALL kinbook_tie('invoices_writeoff', 'charge_id', 'whopays_charge');
CALL kinbook_tie('invoices_writeoff', 'undoes_id', 'invoices_writeoff');
CALL kinbook_tie('invoices_succession', 'voided_id', 'invoices_invoice');
CALL kinbook_tie('invoices_succession', 'issued_id', 'invoices_invoice');
CALL kinbook_tie('invoices_delivery', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_delivery', 'letter_id', 'mail_letter');
CALL kinbook_tie('invoices_runstep', 'run_id', 'invoices_run', 'CASCADE');
CALL kinbook_tie('whopays_share', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('ledger_line', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('ledger_entry', 'invoice_id', 'invoices_invoice');

ALTER TABLE invoices_standing ADD CONSTRAINT nothing_overpaid CHECK (due_cents >= 0);

-- An invoice is its lines: they come in its own transaction, add up to its total, and never change.
ALTER TABLE invoices_invoice ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION invoices_require_total() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.total_cents IS DISTINCT FROM (
    SELECT sum(cents) FROM invoices_invoiceline WHERE practice_id = NEW.practice_id AND invoice_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'the lines do not add up to the invoice'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_add_up';
  END IF;
  IF NEW.total_cents IS DISTINCT FROM (
    SELECT sum(cents) FROM ledger_line WHERE practice_id = NEW.practice_id AND invoice_id = NEW.id
      AND account = 'receivable'
      AND entry_id IN (SELECT id FROM ledger_entry WHERE practice_id = NEW.practice_id AND xact = NEW.xact
                       AND event = 'invoice issued')
  ) THEN
    RAISE EXCEPTION 'the invoice is not in the journal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_posted';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER lines_add_up AFTER INSERT ON invoices_invoice
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoices_require_total();

CREATE FUNCTION invoices_lines_added() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added JOIN invoices_invoice made ON made.practice_id = added.practice_id AND made.id = added.invoice_id
    WHERE made.xact <> pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'an issued invoice takes no more lines' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER lines_added AFTER INSERT ON invoices_invoiceline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION invoices_lines_added();

-- What is due on an invoice follows the journal, and is counted by due date.
CREATE FUNCTION invoices_keep_standing() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH moved AS (
    SELECT practice_id, invoice_id, sum(cents) AS cents FROM added
    WHERE account = 'receivable' AND invoice_id IS NOT NULL
    GROUP BY practice_id, invoice_id HAVING sum(cents) <> 0
    ORDER BY practice_id, invoice_id
  ), known AS (
    SELECT moved.*, made.payer_id, made.due_on
    FROM moved JOIN invoices_invoice made ON made.practice_id = moved.practice_id AND made.id = moved.invoice_id
    ORDER BY moved.practice_id, moved.invoice_id
  ), changed AS (
    UPDATE invoices_standing AS kept SET due_cents = kept.due_cents + known.cents FROM known
    WHERE kept.invoice_id = known.invoice_id
    RETURNING kept.practice_id, kept.invoice_id, kept.due_on, kept.due_cents
  ), new AS (
    INSERT INTO invoices_standing (invoice_id, practice_id, payer_id, due_on, due_cents, is_void)
    SELECT invoice_id, practice_id, payer_id, due_on, cents, false FROM known
    WHERE invoice_id NOT IN (SELECT invoice_id FROM changed)
    RETURNING practice_id, invoice_id, due_on, due_cents
  ), now AS (
    SELECT * FROM changed UNION ALL SELECT * FROM new
  )
  INSERT INTO tallies_tally (id, practice_id, kind, on_date, count, cents)
  SELECT gen_random_uuid(), now.practice_id, 'due', now.due_on,
         sum((now.due_cents > 0)::int - (now.due_cents - moved.cents > 0)::int), sum(moved.cents)
  FROM now JOIN moved USING (practice_id, invoice_id)
  GROUP BY now.practice_id, now.due_on;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_standing AFTER INSERT ON ledger_line REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION invoices_keep_standing();

-- A void closes the invoice; when its transaction ends nothing is due on it and no share stands on it.
CREATE FUNCTION invoices_mark_void() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE invoices_standing SET is_void = true WHERE practice_id = NEW.practice_id AND invoice_id = NEW.invoice_id;
  RETURN NULL;
END $$;

CREATE TRIGGER mark_void AFTER INSERT ON invoices_void
  FOR EACH ROW EXECUTE FUNCTION invoices_mark_void();

CREATE FUNCTION invoices_require_closed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM invoices_standing WHERE invoice_id = NEW.invoice_id AND due_cents <> 0)
     OR EXISTS (SELECT FROM whopays_share WHERE practice_id = NEW.practice_id AND invoice_id = NEW.invoice_id) THEN
    RAISE EXCEPTION 'a void invoice is due nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'void_is_closed';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER void_is_closed AFTER INSERT ON invoices_void
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoices_require_closed();

REVOKE DELETE ON invoices_counter FROM kinbook_application;

-- Locks what is due on invoices, in the order of their ids. The table is kept by triggers, so the application may not
-- lock its rows itself.
CREATE FUNCTION kinbook_lock_invoices(asked uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM invoices_standing WHERE practice_id = kinbook_practice() AND invoice_id = ANY(asked)
    ORDER BY invoice_id FOR UPDATE;
END $$;

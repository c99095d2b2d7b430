-- The same rules and sums as before, asked with EXECUTE: so they are planned for the tables as they are. A kept plan
-- was made when the first run began, for tables with a handful of rows, and read them whole with every step after it.
CREATE OR REPLACE FUNCTION invoices_lines_added() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE late boolean;
BEGIN
  EXECUTE $q$
    SELECT EXISTS (
      SELECT FROM added JOIN invoices_invoice made ON made.practice_id = added.practice_id AND made.id = added.invoice_id
      WHERE made.xact <> pg_current_xact_id()
    )
  $q$ INTO late;
  IF late THEN
    RAISE EXCEPTION 'an issued invoice takes no more lines' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION invoices_keep_standing() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE $q$
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
      RETURNING kept.practice_id, kept.invoice_id, kept.due_on, kept.due_cents, known.cents AS moved
    ), new AS (
      INSERT INTO invoices_standing (invoice_id, practice_id, payer_id, due_on, due_cents, is_void)
      SELECT invoice_id, practice_id, payer_id, due_on, cents, false FROM known
      WHERE invoice_id NOT IN (SELECT invoice_id FROM changed)
      RETURNING practice_id, invoice_id, due_on, due_cents, due_cents AS moved
    ), now AS (
      SELECT * FROM changed UNION ALL SELECT * FROM new
    )
    INSERT INTO tallies_tally (id, practice_id, kind, on_date, count, cents)
    SELECT gen_random_uuid(), practice_id, 'due', due_on,
           sum((due_cents > 0)::int - (due_cents - moved > 0)::int), sum(moved)
    FROM now GROUP BY practice_id, due_on
  $q$;
  RETURN NULL;
END $$;

-- Asked once an invoice: each line's entry is looked up by its id, whatever the planner knows of the tables.
CREATE OR REPLACE FUNCTION invoices_require_total() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.total_cents IS DISTINCT FROM (
    SELECT sum(cents) FROM invoices_invoiceline WHERE practice_id = NEW.practice_id AND invoice_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'the lines do not add up to the invoice'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_add_up';
  END IF;
  IF NEW.total_cents IS DISTINCT FROM (
    SELECT sum(cents) FROM ledger_line AS line WHERE practice_id = NEW.practice_id AND invoice_id = NEW.id
      AND account = 'receivable'
      AND (SELECT xact = NEW.xact AND event = 'invoice issued' FROM ledger_entry WHERE id = line.entry_id)
  ) THEN
    RAISE EXCEPTION 'the invoice is not in the journal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_posted';
  END IF;
  RETURN NULL;
END $$;

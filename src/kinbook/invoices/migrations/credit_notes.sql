CALL kinbook_protect('invoices_creditnote');
CALL kinbook_protect('invoices_creditnoteline');
CALL kinbook_protect('invoices_creditnotevoid');
CALL kinbook_append_only('invoices_creditnote');
CALL kinbook_append_only('invoices_creditnoteline');
CALL kinbook_append_only('invoices_creditnotevoid');
CALL kinbook_tie('invoices_creditnote', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_creditnoteline', 'note_id', 'invoices_creditnote');
CALL kinbook_tie('invoices_creditnoteline', 'client_id', 'people_client');
CALL kinbook_tie('invoices_creditnoteline', 'charge_id', 'whopays_charge');
CALL kinbook_tie('invoices_creditnoteline', 'service_id', 'practice_service');
CALL kinbook_tie('invoices_creditnoteline', 'clinician_id', 'team_member');
CALL kinbook_tie('invoices_creditnotevoid', 'note_id', 'invoices_creditnote');

-- A credit note is its lines. That it is at most what is due, `nothing_overpaid` of the standing says.
CREATE FUNCTION invoices_require_credit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.total_cents IS DISTINCT FROM (
    SELECT sum(cents) FROM invoices_creditnoteline WHERE practice_id = NEW.practice_id AND note_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'the lines do not add up to the credit note'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_lines_add_up';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER credit_lines_add_up AFTER INSERT ON invoices_creditnote
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoices_require_credit();

CREATE FUNCTION invoices_credit_line_of_note() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT total_cents FROM invoices_creditnote WHERE id = NEW.note_id) IS DISTINCT FROM (
    SELECT sum(cents) FROM invoices_creditnoteline WHERE practice_id = NEW.practice_id AND note_id = NEW.note_id
  ) THEN
    RAISE EXCEPTION 'an issued credit note takes no more lines' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER line_of_note AFTER INSERT ON invoices_creditnoteline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoices_credit_line_of_note();

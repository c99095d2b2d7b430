CALL kinbook_protect('payments_payment');
CALL kinbook_protect('payments_reversal');
CALL kinbook_append_only('payments_payment');
CALL kinbook_append_only('payments_reversal');

CALL kinbook_tie('payments_payment', 'payer_id', 'people_party');
CALL kinbook_tie('payments_payment', 'client_id', 'people_client');
CALL kinbook_tie('invoices_allocation', 'payment_id', 'payments_payment');
CALL kinbook_tie('payments_reversal', 'payment_id', 'payments_payment');
CALL kinbook_tie('ledger_entry', 'payment_id', 'payments_payment');

-- Allocations never exceed their payment, and a reversed payment settles nothing: asked when the transaction ends.
CREATE FUNCTION payments_require_cover() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  settled bigint;
  received bigint;
BEGIN
  SELECT coalesce(sum(cents), 0) INTO settled FROM invoices_allocation
    WHERE practice_id = NEW.practice_id AND payment_id = NEW.payment_id;
  SELECT cents INTO received FROM payments_payment WHERE id = NEW.payment_id;
  IF EXISTS (SELECT FROM payments_reversal WHERE practice_id = NEW.practice_id AND payment_id = NEW.payment_id) THEN
    received := 0;
  END IF;
  IF settled > received OR settled < 0 THEN
    RAISE EXCEPTION 'allocations exceed the payment'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_within_payment';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER allocations_within_payment AFTER INSERT ON invoices_allocation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_require_cover();
CREATE CONSTRAINT TRIGGER reversed_settles_nothing AFTER INSERT ON payments_reversal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_require_cover();

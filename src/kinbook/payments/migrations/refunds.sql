CALL kinbook_protect('payments_refund');
CALL kinbook_append_only('payments_refund');
CALL kinbook_tie('payments_refund', 'payment_id', 'payments_payment');

-- What a payment settles and what went back of it are together at most what it is; a reversed payment has neither.
-- Its row is locked, so that two who take from it at once are counted one after the other.
CREATE OR REPLACE FUNCTION payments_require_cover() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  settled bigint;
  given_back bigint;
  received bigint;
BEGIN
  SELECT cents INTO received FROM payments_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(cents), 0) INTO settled FROM invoices_allocation
    WHERE practice_id = NEW.practice_id AND payment_id = NEW.payment_id;
  SELECT coalesce(sum(cents), 0) INTO given_back FROM payments_refund
    WHERE practice_id = NEW.practice_id AND payment_id = NEW.payment_id;
  IF EXISTS (SELECT FROM payments_reversal WHERE practice_id = NEW.practice_id AND payment_id = NEW.payment_id) THEN
    received := 0;
  END IF;
  IF settled + given_back > received OR settled < 0 THEN
    RAISE EXCEPTION 'allocations and refunds exceed the payment'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_within_payment';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER refunds_within_payment AFTER INSERT ON payments_refund
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_require_cover();

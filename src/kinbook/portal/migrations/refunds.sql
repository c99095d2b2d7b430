-- A payment says how much of it went back to the person, refunded or taken back by their bank.
CREATE OR REPLACE VIEW portal_payment WITH (security_barrier) AS
  SELECT payment.id, payment.practice_id, payment.received_on, payment.method, payment.cents,
    coalesce((SELECT sum(back.cents) FROM payments_refund back
              WHERE back.practice_id = payment.practice_id AND back.payment_id = payment.id), 0)::bigint AS returned_cents
  FROM payments_payment payment
  WHERE payment.practice_id = (SELECT kinbook_practice()) AND payment.payer_id IN (SELECT id FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor)
    AND NOT EXISTS (SELECT FROM payments_reversal undone
                    WHERE undone.practice_id = payment.practice_id AND undone.payment_id = payment.id)
    AND (EXISTS (SELECT FROM portal_bills WHERE until > now()::date) OR EXISTS (SELECT FROM portal_invoice));

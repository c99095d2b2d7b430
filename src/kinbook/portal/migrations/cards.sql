-- What a person in the portal reads of cards: their own, and of what they may pay.
-- The key that browsers use is public by its nature; the secret ones stay closed.
CREATE VIEW portal_card_key WITH (security_barrier) AS
  SELECT kept.id, kept.practice_id, kept.publishable
  FROM cards_keys kept
  WHERE kept.practice_id = (SELECT kinbook_practice()) AND EXISTS (SELECT FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor);

CREATE VIEW portal_card WITH (security_barrier) AS
  SELECT card.id, card.practice_id, card.client_id, card.kind, card.brand, card.last_four, card.exp_month, card.exp_year,
    card.nickname, card.added_at
  FROM cards_card card
  WHERE card.practice_id = (SELECT kinbook_practice()) AND card.payer_id IN (SELECT id FROM portal_self)
    AND card.removed_at IS NULL AND NOT card.is_once AND NOT EXISTS (SELECT FROM portal_minor);

CREATE VIEW portal_autopay WITH (security_barrier) AS
  SELECT held.id, held.practice_id, held.client_id, held.card_id, held.starts_on
  FROM cards_autopay held
  JOIN tenancy_practice practice ON practice.id = held.practice_id
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE practice.time_zone)::date AS day) today
  WHERE held.practice_id = (SELECT kinbook_practice()) AND held.payer_id IN (SELECT id FROM portal_self)
    AND held.starts_on <= today.day AND (held.until IS NULL OR held.until > today.day)
    AND NOT EXISTS (SELECT FROM portal_minor);

CREATE VIEW portal_card_charge WITH (security_barrier) AS
  SELECT charge.id, charge.practice_id, charge.cents, charge.state, charge.code, charge.asked_at, card.kind, card.brand,
    card.last_four
  FROM cards_cardcharge charge
  JOIN cards_card card ON card.id = charge.card_id AND card.practice_id = charge.practice_id
  WHERE charge.practice_id = (SELECT kinbook_practice()) AND charge.payer_id IN (SELECT id FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor)
    AND (EXISTS (SELECT FROM portal_bills WHERE until > now()::date) OR EXISTS (SELECT FROM portal_invoice));

-- Own invoices that may be paid: something is due, and Pay is open for every child on them.
CREATE VIEW portal_payable WITH (security_barrier) AS
  SELECT invoice.id, invoice.practice_id, invoice.due_cents,
    EXISTS (SELECT FROM cards_chargepart part
            JOIN cards_cardcharge charge ON charge.id = part.charge_id AND charge.practice_id = part.practice_id
            WHERE part.practice_id = invoice.practice_id AND part.invoice_id = invoice.id
              AND charge.state IN ('started', 'unknown', 'processing')) AS is_on_its_way
  FROM portal_invoice invoice
  WHERE NOT invoice.is_void AND invoice.due_cents > 0
    AND NOT EXISTS (
      SELECT FROM portal_line line
      WHERE line.invoice_id = invoice.id
        AND NOT EXISTS (SELECT FROM portal_child child WHERE child.id = line.client_id AND child.payments));

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_card_key, portal_card, portal_autopay, portal_card_charge,
  portal_payable FROM kinbook_application;

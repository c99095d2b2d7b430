-- Money of the person's own payments as it came and went, and what of each settles invoices for which child.
CREATE VIEW portal_money WITH (security_barrier) AS
  SELECT entry.id, entry.practice_id, entry.payment_id, entry.on_date, entry.event, entry.posted_at,
    sum(line.cents)::bigint AS cents
  FROM ledger_entry entry
  JOIN ledger_line line ON line.practice_id = entry.practice_id AND line.entry_id = entry.id AND line.account = 'cash'
  JOIN portal_payment payment ON payment.id = entry.payment_id
  WHERE entry.practice_id = (SELECT kinbook_practice())
  GROUP BY entry.id, entry.practice_id, entry.payment_id, entry.on_date, entry.event, entry.posted_at;

CREATE VIEW portal_applied WITH (security_barrier) AS
  SELECT part.practice_id, part.payment_id, part.client_id, child.child, sum(part.cents)::bigint AS cents
  FROM invoices_allocation part
  JOIN portal_payment payment ON payment.id = part.payment_id
  JOIN LATERAL (SELECT line.child FROM portal_line line
                WHERE line.invoice_id = part.invoice_id AND line.client_id = part.client_id LIMIT 1) child ON true
  WHERE part.practice_id = (SELECT kinbook_practice())
  GROUP BY part.practice_id, part.payment_id, part.client_id, child.child
  HAVING sum(part.cents) <> 0;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_money, portal_applied FROM kinbook_application;

-- Credit notes and discounts on the person's own invoices, without the reason, which is the practice's.
CREATE VIEW portal_credit WITH (security_barrier) AS
  SELECT note.id, note.practice_id, note.invoice_id, note.name, note.kind, note.issued_on, note.total_cents AS cents
  FROM invoices_creditnote note
  JOIN portal_invoice invoice ON invoice.id = note.invoice_id
  WHERE note.practice_id = (SELECT kinbook_practice())
    AND NOT EXISTS (SELECT FROM invoices_creditnotevoid gone
                    WHERE gone.practice_id = note.practice_id AND gone.note_id = note.id);

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_credit FROM kinbook_application;

CREATE OR REPLACE VIEW portal_due WITH (security_barrier) AS
  SELECT line.practice_id, line.invoice_id, line.client_id, line.child, invoice.due_on,
    (sum(line.cents)
      - coalesce((SELECT sum(part.cents) FROM invoices_allocation part WHERE part.practice_id = line.practice_id
                    AND part.invoice_id = line.invoice_id AND part.client_id = line.client_id), 0)
      - coalesce((SELECT sum(part.cents) FROM invoices_writeoff part WHERE part.practice_id = line.practice_id
                    AND part.invoice_id = line.invoice_id AND part.client_id = line.client_id), 0)
      - coalesce((SELECT sum(part.cents) FROM portal_credit note
                    JOIN invoices_creditnoteline part ON part.practice_id = note.practice_id AND part.note_id = note.id
                    WHERE note.invoice_id = line.invoice_id AND part.client_id = line.client_id), 0)
    )::bigint AS due_cents
  FROM portal_line line
  JOIN portal_invoice invoice ON invoice.id = line.invoice_id
  WHERE NOT invoice.is_void AND invoice.due_cents > 0
  GROUP BY line.practice_id, line.invoice_id, line.client_id, line.child, invoice.due_on;

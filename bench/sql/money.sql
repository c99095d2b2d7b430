-- Invoices of three visits a client and payer, and payments for nine in ten: rows and journal as the commands write them.
CREATE UNLOGGED TABLE stage_invoice AS
SELECT made.*, row_number() OVER (ORDER BY issued_on, made.id) AS number, least(issued_on + 10, today - 1) AS paid_on,
       uuidv7() AS entry_id, uuidv7() AS payment_id, uuidv7() AS paid_entry_id, uuidv7() AS settled_entry_id
FROM (
  SELECT uuidv7() AS id, client_id, payer_id, term, max(on_date) + 1 AS issued_on, sum(cents)::bigint AS cents
  FROM stage_share WHERE billed GROUP BY client_id, payer_id, term
) AS made, bench_practice;

UPDATE stage_share AS share SET invoice_id = invoice.id, invoice_name = 'INV-' || number
FROM stage_invoice AS invoice
WHERE billed AND invoice.client_id = share.client_id AND invoice.payer_id = share.payer_id AND invoice.term = share.term;

INSERT INTO invoices_counter (practice_id, last)
SELECT practice.id, count(*) FROM stage_invoice, bench_practice AS practice GROUP BY practice.id;

INSERT INTO invoices_invoice (id, practice_id, number, name, payer_id, payer_name, payer_address, issued_on, due_on,
                              total_cents, issued_by, issued_at)
SELECT stage.id, practice.id, number, 'INV-' || number, payer_id, first_name || ' ' || last_name, '1 Main Street',
       issued_on, issued_on + 14, cents, 'Kinbook', issued_on + time '12:00'
FROM stage_invoice AS stage JOIN stage_party AS party ON party.id = payer_id, bench_practice AS practice;

INSERT INTO whopays_share (id, practice_id, client_id, charge_id, payer_id, cents, reason, payer_reason, source,
                           position, billable, on_date, invoice_id, invoice_name)
SELECT stage.id, practice.id, client_id, charge_id, payer_id, cents, 'As the arrangement says',
       'Your share under the payment arrangement', 'rule', position, billable, on_date, invoice_id,
       coalesce(invoice_name, '')
FROM stage_share AS stage, bench_practice AS practice;

INSERT INTO invoices_invoiceline (id, practice_id, invoice_id, client_id, charge_id, position, on_date, description,
                                  service_id, clinician_id, charge_cents, cents, reason, payer_reason)
SELECT uuidv7(), practice.id, invoice_id, client_id, charge_id,
       row_number() OVER (PARTITION BY invoice_id ORDER BY on_date, stage.id), on_date, 'Session', service_id,
       clinician_id, charge_cents, cents, 'As the arrangement says', 'Your share under the payment arrangement'
FROM stage_share AS stage, bench_practice AS practice WHERE billed;

INSERT INTO ledger_entry (id, practice_id, event, on_date, posted_at, posted_by, invoice_id, note)
SELECT entry_id, practice.id, 'invoice issued', issued_on, issued_on + time '12:00', 'Kinbook', stage.id, ''
FROM stage_invoice AS stage, bench_practice AS practice;

INSERT INTO ledger_line (id, practice_id, entry_id, account, cents, payer_id, client_id, invoice_id, service_id, method,
                         clinician_id, on_date)
SELECT uuidv7(), practice.id, entry_id, leg.account, leg.cents, leg.payer_id, leg.client_id, leg.invoice_id,
       leg.service_id, '', leg.clinician_id, leg.issued_on
FROM (
  SELECT entry_id, 'receivable' AS account, cents, payer_id, client_id, id AS invoice_id, NULL::uuid AS service_id,
         NULL::uuid AS clinician_id, issued_on
  FROM stage_invoice
  UNION ALL
  SELECT entry_id, 'income', -sum(share.cents), share.payer_id, share.client_id, invoice_id, service_id,
         clinician_id, issued_on
  FROM stage_share AS share JOIN stage_invoice AS invoice ON invoice.id = invoice_id
  GROUP BY entry_id, share.payer_id, share.client_id, invoice_id, service_id, clinician_id, issued_on
) AS leg, bench_practice AS practice;

DELETE FROM stage_invoice WHERE number % 10 = 3;

INSERT INTO payments_payment (id, practice_id, payer_id, cents, method, received_on, reference, entered_at, entered_by)
SELECT payment_id, practice.id, payer_id, cents, 'check', paid_on, '', paid_on + time '13:00', 'Kinbook'
FROM stage_invoice AS stage, bench_practice AS practice;

INSERT INTO invoices_allocation (id, practice_id, payment_id, invoice_id, client_id, cents, made_at, made_by)
SELECT uuidv7(), practice.id, payment_id, stage.id, client_id, cents, paid_on + time '13:00', 'Kinbook'
FROM stage_invoice AS stage, bench_practice AS practice;

INSERT INTO ledger_entry (id, practice_id, event, on_date, posted_at, posted_by, invoice_id, payment_id, note)
SELECT paid_entry_id, practice.id, 'payment received', paid_on, paid_on + time '13:00', 'Kinbook', NULL, payment_id, ''
FROM stage_invoice AS stage, bench_practice AS practice
UNION ALL
SELECT settled_entry_id, practice.id, 'payment allocated', paid_on, paid_on + time '13:00', 'Kinbook', stage.id,
       payment_id, ''
FROM stage_invoice AS stage, bench_practice AS practice;

INSERT INTO ledger_line (id, practice_id, entry_id, account, cents, payer_id, client_id, invoice_id, method, on_date)
SELECT uuidv7(), practice.id, leg.*, paid_on
FROM stage_invoice AS stage, bench_practice AS practice, LATERAL (
  VALUES (paid_entry_id, 'cash', cents, payer_id, NULL::uuid, NULL::uuid, 'check'),
         (paid_entry_id, 'credit', -cents, payer_id, NULL, NULL, ''),
         (settled_entry_id, 'credit', cents, payer_id, NULL, NULL, ''),
         (settled_entry_id, 'receivable', -cents, payer_id, client_id, stage.id, '')
) AS leg;

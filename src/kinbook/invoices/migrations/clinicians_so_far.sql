-- Charges, lines and income booked before they bore a clinician get the one of their appointment. Income that was
-- booked for sessions of two clinicians in one line keeps the first of them: what is booked is never taken apart.
UPDATE whopays_charge AS charge SET clinician_id = met.clinician_id
FROM scheduling_appointment AS met WHERE met.practice_id = charge.practice_id AND met.id = charge.id;

ALTER TABLE invoices_invoiceline DISABLE TRIGGER never_changed;
UPDATE invoices_invoiceline AS line SET clinician_id = charge.clinician_id
FROM whopays_charge AS charge
WHERE charge.practice_id = line.practice_id AND charge.id = line.charge_id AND charge.clinician_id IS NOT NULL;
ALTER TABLE invoices_invoiceline ENABLE TRIGGER never_changed;

ALTER TABLE ledger_line DISABLE TRIGGER never_changed;
UPDATE ledger_line AS line SET clinician_id = told.clinician_id
FROM (
  SELECT DISTINCT ON (practice_id, invoice_id, client_id, service_id)
         practice_id, invoice_id, client_id, service_id, clinician_id
  FROM invoices_invoiceline WHERE clinician_id IS NOT NULL
  ORDER BY practice_id, invoice_id, client_id, service_id, position
) AS told
WHERE line.account = 'income' AND told.practice_id = line.practice_id AND told.invoice_id = line.invoice_id
  AND told.client_id = line.client_id AND told.service_id = line.service_id;
ALTER TABLE ledger_line ENABLE TRIGGER never_changed;

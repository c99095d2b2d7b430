-- A line tells the whole charge where the practice shows it for that client, and nowhere else.
CREATE OR REPLACE VIEW portal_line WITH (security_barrier) AS
  SELECT line.id, line.practice_id, line.invoice_id, line.client_id,
    CASE WHEN party.id IS NULL THEN client.couple_name
      ELSE coalesce(nullif(party.goes_by, ''), nullif(party.first_name, ''), party.last_name) END AS child,
    line.position, line.on_date, line.description, line.cents, line.payer_reason,
    CASE WHEN client.shows_full_fee AND line.charge_cents <> line.cents THEN line.charge_cents END AS full_cents
  FROM invoices_invoiceline line
  JOIN portal_invoice invoice ON invoice.id = line.invoice_id
  JOIN people_client client ON client.id = line.client_id AND client.practice_id = line.practice_id
  LEFT JOIN people_party party ON party.id = client.party_id
  WHERE line.practice_id = (SELECT kinbook_practice());

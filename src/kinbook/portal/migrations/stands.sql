-- How somebody stands in the portal. Each of these views unfolds into dozens of tables, and planning them all took far
-- longer than reading them, at every page; a function keeps its plans, and asks no further than it must. No statement
-- in it takes a value, so that each is planned once a connection.
CREATE FUNCTION kinbook_portal_stands(OUT is_minor boolean, OUT is_open boolean, OUT sees_bills boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  is_minor := EXISTS (SELECT FROM portal_minor);
  is_open := EXISTS (SELECT FROM portal_invoice);
  sees_bills := is_open;
  IF NOT is_open THEN
    is_open := EXISTS (SELECT FROM portal_child);
  END IF;
  IF NOT sees_bills THEN
    sees_bills := EXISTS (SELECT FROM portal_payment);
  END IF;
  IF NOT sees_bills AND NOT is_minor THEN
    sees_bills := EXISTS (SELECT FROM portal_child WHERE billing_documents);
  END IF;
END $$;

-- Who is signed in, and where. Somebody to whom nothing is open, of whom nothing is due, has no business here.
CREATE OR REPLACE VIEW portal_person WITH (security_barrier) AS
  SELECT party.id, party.practice_id, party.first_name, party.last_name, party.goes_by,
    coalesce((SELECT address FROM people_email mail WHERE mail.practice_id = party.practice_id
              AND mail.party_id = party.id ORDER BY position, id LIMIT 1), '') AS email,
    coalesce((SELECT number FROM people_phone phone WHERE phone.practice_id = party.practice_id
              AND phone.party_id = party.id ORDER BY position, id LIMIT 1), '') AS phone,
    coalesce(guest.language, '') AS language,
    stands.is_minor, coalesce(setting.is_on, true) AND stands.is_open AS is_open, stands.sees_bills,
    practice.name AS practice_name, practice.street AS practice_street, practice.city AS practice_city,
    practice.phone AS practice_phone, practice.email AS practice_email, practice.tax_id AS practice_tax_id,
    practice.invoice_footer, practice.time_zone, practice.currency, coalesce(setting.welcome, '') AS welcome
  FROM people_party party
  JOIN tenancy_practice practice ON practice.id = party.practice_id
  LEFT JOIN invitations_guest guest ON guest.practice_id = party.practice_id AND guest.party_id = party.id
  LEFT JOIN invitations_portalsetting setting ON setting.practice_id = party.practice_id
  CROSS JOIN kinbook_portal_stands() stands
  WHERE party.practice_id = (SELECT kinbook_practice()) AND party.id = (SELECT kinbook_portal_person())
    AND party.merged_into_id IS NULL AND party.kind = 'person';

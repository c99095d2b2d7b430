-- All that a person in the portal reads of a practice. The tables stay closed to them; these views run as the owner and
-- each names practice and person itself, so that without either there are no rows. They hold the columns a parent may
-- know and no others. kinbook.portal.models lists them, and tests/portal visits each as a stranger.

-- The person's own entry, and those that were merged into it.
CREATE VIEW portal_self WITH (security_barrier) AS
  SELECT id, practice_id FROM people_party
  WHERE practice_id = (SELECT kinbook_practice())
    AND (id = (SELECT kinbook_portal_person()) OR merged_into_id = (SELECT kinbook_portal_person()));

-- The clients who are open to the person, and what of them.
CREATE VIEW portal_child WITH (security_barrier) AS
  SELECT client.id, client.practice_id, opened.is_own,
    CASE WHEN party.id IS NULL THEN client.couple_name
      ELSE coalesce(nullif(party.goes_by, ''), nullif(party.first_name, ''), party.last_name) END AS short_name,
    date_part('year', age(today.day, party.date_of_birth))::int AS age,
    opened.messages, opened.appointments, opened.billing_documents, opened.payments, opened.documents
  FROM access_portal_open opened
  JOIN people_client client ON client.id = opened.client_id AND client.practice_id = opened.practice_id
  JOIN tenancy_practice practice ON practice.id = client.practice_id
  LEFT JOIN people_party party ON party.id = client.party_id
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE practice.time_zone)::date AS day) today
  WHERE opened.party_id = (SELECT kinbook_portal_person());

-- Appointments: a guardian never learns of confidential ones, nor who confirmed or cancelled, nor who came.
CREATE VIEW portal_appointment WITH (security_barrier) AS
  SELECT visit.id, visit.practice_id, visit.client_id, child.short_name AS child, child.is_own, visit.starts_at,
    visit.ends_at,
    CASE WHEN clinician.title <> '' THEN clinician.title || ' ' || clinician.last_name
      ELSE clinician.first_name || ' ' || clinician.last_name END AS clinician,
    coalesce(place.name, '') AS place, coalesce(place.street, '') AS street, coalesce(place.city, '') AS city,
    coalesce(place.is_telehealth, false) AS is_telehealth, visit.video_link,
    CASE visit.status WHEN 'scheduled' THEN 'booked' WHEN 'show' THEN 'over' WHEN 'no_show' THEN 'over'
      ELSE 'cancelled' END AS state,
    EXISTS (SELECT FROM scheduling_confirmation said
            WHERE said.practice_id = visit.practice_id AND said.appointment_id = visit.id
              AND said.party_id = (SELECT kinbook_portal_person()) AND said.starts_at = visit.starts_at) AS confirmed
  FROM scheduling_appointment visit
  JOIN portal_child child ON child.id = visit.client_id AND child.appointments
  JOIN team_member clinician ON clinician.id = visit.clinician_id AND clinician.practice_id = visit.practice_id
  LEFT JOIN practice_location place ON place.id = visit.location_id AND place.practice_id = visit.practice_id
  WHERE visit.practice_id = (SELECT kinbook_practice()) AND (child.is_own OR NOT visit.confidential);

-- A minor who is a client sees no money, whoever was asked to pay.
CREATE VIEW portal_minor WITH (security_barrier) AS
  SELECT client.id, client.practice_id
  FROM people_client client
  JOIN people_party party ON party.id = client.party_id
  JOIN tenancy_practice practice ON practice.id = client.practice_id
  WHERE client.practice_id = (SELECT kinbook_practice()) AND client.party_id = (SELECT kinbook_portal_person())
    AND client.type = 'minor'
    AND (party.date_of_birth IS NULL
      OR party.date_of_birth + interval '18 years' > (now() AT TIME ZONE practice.time_zone)::date);

-- For whose invoices: open by the flag; or access has ended, and their own bills stay open while anything is due and for
-- some years after. What ended it may be a date, a suspension, the archive, or the practice's taking it back from
-- somebody who had been in.
CREATE VIEW portal_bills WITH (security_barrier) AS
  SELECT granted.client_id, granted.practice_id,
    CASE WHEN opened.client_id IS NOT NULL OR ended.on_day IS NULL THEN 'infinity'::date
      ELSE (ended.on_day + make_interval(years => coalesce(setting.bill_years, 7)::int))::date END AS until
  FROM access_portalgrant granted
  JOIN people_client client ON client.id = granted.client_id AND client.practice_id = granted.practice_id
  LEFT JOIN people_party child ON child.id = client.party_id
  LEFT JOIN invitations_portalsetting setting ON setting.practice_id = granted.practice_id
  LEFT JOIN invitations_guest guest ON guest.practice_id = granted.practice_id AND guest.party_id = granted.party_id
  LEFT JOIN access_portal_open opened ON opened.client_id = granted.client_id AND opened.party_id = granted.party_id
  CROSS JOIN LATERAL (
    SELECT greatest(
      (SELECT max(link.until) FROM people_contact link
       WHERE link.practice_id = granted.practice_id AND link.client_id = granted.client_id
         AND link.party_id = granted.party_id AND link.until <= now()::date),
      (SELECT max(suspended.suspended_at)::date FROM access_portalsuspension suspended
       WHERE suspended.practice_id = granted.practice_id AND suspended.client_id = granted.client_id
         AND suspended.party_id = granted.party_id AND suspended.lifted_at IS NULL),
      CASE WHEN child.date_of_birth + interval '18 years' <= now()
        THEN (child.date_of_birth + interval '18 years')::date END) AS on_day
  ) ended
  WHERE granted.practice_id = (SELECT kinbook_practice()) AND granted.party_id IN (SELECT id FROM portal_self)
    AND CASE WHEN opened.client_id IS NOT NULL THEN opened.billing_documents
      ELSE (granted.access AND granted.billing_documents) OR (NOT granted.access AND guest.signed_in_at IS NOT NULL) END;

CREATE VIEW portal_invoice WITH (security_barrier) AS
  SELECT invoice.id, invoice.practice_id, invoice.name, invoice.number, invoice.payer_name, invoice.payer_address,
    invoice.issued_on, invoice.due_on, invoice.total_cents, standing.due_cents, standing.is_void
  FROM invoices_invoice invoice
  JOIN invoices_standing standing ON standing.invoice_id = invoice.id
  WHERE invoice.practice_id = (SELECT kinbook_practice()) AND invoice.payer_id IN (SELECT id FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor)
    AND EXISTS (
      SELECT FROM invoices_invoiceline line JOIN portal_bills opened ON opened.client_id = line.client_id
      WHERE line.practice_id = invoice.practice_id AND line.invoice_id = invoice.id
        AND (standing.due_cents > 0 OR opened.until > now()::date));

CREATE VIEW portal_line WITH (security_barrier) AS
  SELECT line.id, line.practice_id, line.invoice_id, line.client_id,
    CASE WHEN party.id IS NULL THEN client.couple_name
      ELSE coalesce(nullif(party.goes_by, ''), nullif(party.first_name, ''), party.last_name) END AS child,
    line.position, line.on_date, line.description, line.cents, line.payer_reason
  FROM invoices_invoiceline line
  JOIN portal_invoice invoice ON invoice.id = line.invoice_id
  JOIN people_client client ON client.id = line.client_id AND client.practice_id = line.practice_id
  LEFT JOIN people_party party ON party.id = client.party_id
  WHERE line.practice_id = (SELECT kinbook_practice());

CREATE VIEW portal_payment WITH (security_barrier) AS
  SELECT payment.id, payment.practice_id, payment.received_on, payment.method, payment.cents
  FROM payments_payment payment
  WHERE payment.practice_id = (SELECT kinbook_practice()) AND payment.payer_id IN (SELECT id FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor)
    AND NOT EXISTS (SELECT FROM payments_reversal undone
                    WHERE undone.practice_id = payment.practice_id AND undone.payment_id = payment.id)
    AND (EXISTS (SELECT FROM portal_bills WHERE until > now()::date) OR EXISTS (SELECT FROM portal_invoice));

CREATE VIEW portal_settled WITH (security_barrier) AS
  SELECT part.practice_id, part.payment_id, part.invoice_id, payment.received_on, sum(part.cents)::bigint AS cents
  FROM invoices_allocation part
  JOIN portal_invoice invoice ON invoice.id = part.invoice_id
  JOIN portal_payment payment ON payment.id = part.payment_id
  WHERE part.practice_id = (SELECT kinbook_practice())
  GROUP BY part.practice_id, part.payment_id, part.invoice_id, payment.received_on
  HAVING sum(part.cents) <> 0;

CREATE VIEW portal_due WITH (security_barrier) AS
  SELECT line.practice_id, line.invoice_id, line.client_id, line.child, invoice.due_on,
    (sum(line.cents)
      - coalesce((SELECT sum(part.cents) FROM invoices_allocation part WHERE part.practice_id = line.practice_id
                    AND part.invoice_id = line.invoice_id AND part.client_id = line.client_id), 0)
      - coalesce((SELECT sum(part.cents) FROM invoices_writeoff part WHERE part.practice_id = line.practice_id
                    AND part.invoice_id = line.invoice_id AND part.client_id = line.client_id), 0))::bigint AS due_cents
  FROM portal_line line
  JOIN portal_invoice invoice ON invoice.id = line.invoice_id
  WHERE NOT invoice.is_void AND invoice.due_cents > 0
  GROUP BY line.practice_id, line.invoice_id, line.client_id, line.child, invoice.due_on;

-- Who is signed in, and where. Somebody to whom nothing is open, of whom nothing is due, has no business here.
CREATE VIEW portal_person WITH (security_barrier) AS
  SELECT party.id, party.practice_id, party.first_name, party.last_name, party.goes_by,
    coalesce((SELECT address FROM people_email mail WHERE mail.practice_id = party.practice_id
              AND mail.party_id = party.id ORDER BY position, id LIMIT 1), '') AS email,
    coalesce((SELECT number FROM people_phone phone WHERE phone.practice_id = party.practice_id
              AND phone.party_id = party.id ORDER BY position, id LIMIT 1), '') AS phone,
    coalesce(guest.language, '') AS language,
    EXISTS (SELECT FROM portal_minor) AS is_minor,
    coalesce(setting.is_on, true)
      AND (EXISTS (SELECT FROM portal_child) OR EXISTS (SELECT FROM portal_invoice)) AS is_open,
    EXISTS (SELECT FROM portal_invoice) OR EXISTS (SELECT FROM portal_payment)
      OR (NOT EXISTS (SELECT FROM portal_minor) AND EXISTS (SELECT FROM portal_child WHERE billing_documents))
      AS sees_bills,
    practice.name AS practice_name, practice.street AS practice_street, practice.city AS practice_city,
    practice.phone AS practice_phone, practice.email AS practice_email, practice.tax_id AS practice_tax_id,
    practice.invoice_footer, practice.time_zone, practice.currency, coalesce(setting.welcome, '') AS welcome
  FROM people_party party
  JOIN tenancy_practice practice ON practice.id = party.practice_id
  LEFT JOIN invitations_guest guest ON guest.practice_id = party.practice_id AND guest.party_id = party.id
  LEFT JOIN invitations_portalsetting setting ON setting.practice_id = party.practice_id
  WHERE party.practice_id = (SELECT kinbook_practice()) AND party.id = (SELECT kinbook_portal_person())
    AND party.merged_into_id IS NULL AND party.kind = 'person';

-- Simple views can be written through, as their owner: nobody may.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_self, portal_child, portal_appointment, portal_minor, portal_bills,
  portal_invoice, portal_line, portal_payment, portal_settled, portal_due, portal_person FROM kinbook_application;

-- What a person in the portal writes goes through these alone; each does one thing, to what is theirs.
CREATE FUNCTION kinbook_portal_confirm(visit uuid, moment timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  INSERT INTO scheduling_confirmation (id, practice_id, appointment_id, party_id, starts_at, confirmed_at)
  SELECT gen_random_uuid(), practice_id, id, kinbook_portal_person(), starts_at, moment
  FROM portal_appointment WHERE id = visit AND state = 'booked' AND starts_at > moment
  ON CONFLICT (practice_id, appointment_id, party_id)
  DO UPDATE SET starts_at = excluded.starts_at, confirmed_at = excluded.confirmed_at;
  RETURN FOUND;
END $$;

CREATE FUNCTION kinbook_portal_speak(chosen text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  INSERT INTO invitations_guest (id, practice_id, party_id, address, language, invited_by)
  SELECT gen_random_uuid(), practice_id, id, '', chosen, '' FROM portal_person
  ON CONFLICT (practice_id, party_id) DO UPDATE SET language = excluded.language
$$;

CREATE FUNCTION kinbook_portal_phone(entered text, plain text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE
  mine uuid := (SELECT id FROM portal_person);
  first uuid := (SELECT id FROM people_phone WHERE practice_id = kinbook_practice() AND party_id = mine
                 ORDER BY position, id LIMIT 1);
BEGIN
  DELETE FROM people_phone WHERE practice_id = kinbook_practice() AND party_id = mine AND digits = plain AND id <> first;
  IF mine IS NULL THEN
    RETURN;
  ELSIF first IS NULL THEN
    INSERT INTO people_phone (id, practice_id, party_id, number, digits, type, permission, position)
    VALUES (gen_random_uuid(), kinbook_practice(), mine, entered, plain, 'mobile', 'text_voicemail', 0);
  ELSE
    UPDATE people_phone SET number = entered, digits = plain WHERE id = first;
  END IF;
END $$;

-- For whoever asks to sign in, before a practice is known: in which practices the address stands.
CREATE FUNCTION kinbook_portal_practices(asked text) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  SELECT practice.id FROM tenancy_practice practice
  WHERE EXISTS (SELECT FROM people_email mail WHERE mail.practice_id = practice.id AND lower(mail.address) = lower(asked))
$$;

-- The log takes what a person in the portal does, said in their own name; they read none of it.
ALTER POLICY staff_only ON audit_entry WITH CHECK (
  (SELECT (kinbook_portal_person() IS NULL)::int) <> 0
  OR (viewer_kind = 'portal' AND viewer_id = (SELECT kinbook_portal_person())));

-- Whose portal is the grown-up client's to keep or to end: guardians of today who have access, from the client's 18th
-- birthday. Staff see those of every client, a portal person those of their own.
CREATE VIEW access_portal_guardian WITH (security_barrier) AS
  SELECT granted.id, granted.practice_id, granted.client_id, granted.party_id, granted.kept_from
  FROM access_portalgrant granted
  JOIN people_party party ON party.id = granted.party_id AND party.practice_id = granted.practice_id
  JOIN people_client client ON client.id = granted.client_id AND client.practice_id = granted.practice_id
  JOIN people_party child ON child.id = client.party_id
  JOIN tenancy_practice practice ON practice.id = granted.practice_id
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE practice.time_zone)::date AS today) clock
  WHERE granted.practice_id = (SELECT kinbook_practice())
    AND ((SELECT kinbook_portal_person()) IS NULL OR client.party_id = (SELECT kinbook_portal_person()))
    AND granted.access
    AND client.status <> 'archived'
    AND client.party_id <> coalesce(party.merged_into_id, party.id)
    AND child.date_of_birth + interval '18 years' <= clock.today
    AND EXISTS (
      SELECT FROM people_contact link
      WHERE link.client_id = granted.client_id AND link.party_id IN (party.id, party.merged_into_id)
        AND (link.starts_on IS NULL OR link.starts_on <= clock.today)
        AND (link.until IS NULL OR link.until > clock.today)
        AND (link.legal_guardian OR link.relationship IN
          ('parent', 'legal_guardian', 'step_parent', 'foster_parent', 'grandparent')));
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON access_portal_guardian FROM kinbook_application;

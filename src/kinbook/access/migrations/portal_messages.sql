-- Messages are open where the practice switched them on, and nobody switched them off for this client.
CREATE OR REPLACE VIEW access_portal_open WITH (security_barrier) AS
  SELECT granted.practice_id, granted.client_id, granted.party_id, whose.is_own,
         granted.messages AND practice.messages_on AND client.messages AS messages, granted.appointments,
         granted.billing_documents, granted.payments, granted.documents
  FROM access_portalgrant granted
  JOIN people_client client ON client.id = granted.client_id AND client.practice_id = granted.practice_id
  JOIN tenancy_practice practice ON practice.id = granted.practice_id
  LEFT JOIN people_party child ON child.id = client.party_id
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE practice.time_zone)::date AS today) clock
  CROSS JOIN LATERAL (
    SELECT client.party_id IS NOT DISTINCT FROM granted.party_id
        OR EXISTS (SELECT FROM people_partner partner
                   WHERE partner.client_id = client.id AND partner.party_id = granted.party_id) AS is_own
  ) whose
  WHERE granted.practice_id = (SELECT kinbook_practice())
    AND ((SELECT kinbook_portal_person()) IS NULL OR granted.party_id = (SELECT kinbook_portal_person()))
    AND granted.access
    AND client.status <> 'archived'
    AND NOT EXISTS (
      SELECT FROM access_portalsuspension suspended
      WHERE suspended.client_id = granted.client_id AND suspended.party_id = granted.party_id
        AND suspended.lifted_at IS NULL)
    AND (whose.is_own OR EXISTS (
      SELECT FROM people_contact link
      WHERE link.client_id = granted.client_id AND link.party_id = granted.party_id
        AND (link.starts_on IS NULL OR link.starts_on <= clock.today)
        AND (link.until IS NULL OR link.until > clock.today)
        AND (granted.kept_from <= clock.today
          OR child.date_of_birth IS NULL
          OR child.date_of_birth + interval '18 years' > clock.today
          OR NOT (link.legal_guardian OR link.relationship IN
            ('parent', 'legal_guardian', 'step_parent', 'foster_parent', 'grandparent')))));

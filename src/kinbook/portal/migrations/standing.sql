-- What was granted to an entry that was merged is open to the one that stands for both, and to nobody twice.
CREATE OR REPLACE VIEW access_portal_open WITH (security_barrier) AS
  SELECT granted.practice_id, granted.client_id, granted.stands AS party_id, whose.is_own,
         granted.messages AND practice.messages_on AND client.messages AS messages, granted.appointments,
         granted.billing_documents, granted.payments, granted.documents
  FROM (
    SELECT DISTINCT ON (each.practice_id, each.client_id, coalesce(party.merged_into_id, party.id))
      each.*, coalesce(party.merged_into_id, party.id) AS stands
    FROM access_portalgrant each
    JOIN people_party party ON party.id = each.party_id AND party.practice_id = each.practice_id
    WHERE each.practice_id = (SELECT kinbook_practice()) AND each.access
      AND ((SELECT kinbook_portal_person()) IS NULL
        OR (SELECT kinbook_portal_person()) IN (party.id, party.merged_into_id))
    ORDER BY each.practice_id, each.client_id, coalesce(party.merged_into_id, party.id), party.merged_into_id NULLS FIRST
  ) granted
  JOIN people_client client ON client.id = granted.client_id AND client.practice_id = granted.practice_id
  JOIN tenancy_practice practice ON practice.id = granted.practice_id
  LEFT JOIN people_party child ON child.id = client.party_id
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE practice.time_zone)::date AS today) clock
  CROSS JOIN LATERAL (
    SELECT client.party_id IS NOT DISTINCT FROM granted.stands
        OR EXISTS (SELECT FROM people_partner partner
                   WHERE partner.client_id = client.id AND partner.party_id IN (granted.party_id, granted.stands)) AS is_own
  ) whose
  WHERE ((SELECT kinbook_portal_person()) IS NULL OR granted.stands = (SELECT kinbook_portal_person()))
    AND client.status <> 'archived'
    AND NOT EXISTS (
      SELECT FROM access_portalsuspension suspended
      WHERE suspended.client_id = granted.client_id AND suspended.party_id IN (granted.party_id, granted.stands)
        AND suspended.lifted_at IS NULL)
    AND (whose.is_own OR EXISTS (
      SELECT FROM people_contact link
      WHERE link.client_id = granted.client_id AND link.party_id IN (granted.party_id, granted.stands)
        AND (link.starts_on IS NULL OR link.starts_on <= clock.today)
        AND (link.until IS NULL OR link.until > clock.today)
        AND (granted.kept_from <= clock.today
          OR child.date_of_birth IS NULL
          OR child.date_of_birth + interval '18 years' > clock.today
          OR NOT (link.legal_guardian OR link.relationship IN
            ('parent', 'legal_guardian', 'step_parent', 'foster_parent', 'grandparent')))));

CREATE OR REPLACE VIEW portal_bills WITH (security_barrier) AS
  SELECT granted.client_id, granted.practice_id,
    CASE WHEN opened.client_id IS NOT NULL OR ended.on_day IS NULL THEN 'infinity'::date
      ELSE (ended.on_day + make_interval(years => coalesce(setting.bill_years, 7)::int))::date END AS until
  FROM access_portalgrant granted
  JOIN people_client client ON client.id = granted.client_id AND client.practice_id = granted.practice_id
  LEFT JOIN people_party child ON child.id = client.party_id
  LEFT JOIN invitations_portalsetting setting ON setting.practice_id = granted.practice_id
  LEFT JOIN invitations_guest guest
    ON guest.practice_id = granted.practice_id AND guest.party_id = (SELECT kinbook_portal_person())
  LEFT JOIN access_portal_open opened
    ON opened.client_id = granted.client_id AND opened.party_id = (SELECT kinbook_portal_person())
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

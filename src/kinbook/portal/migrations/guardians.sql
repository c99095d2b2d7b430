-- A client of age sees which of their guardians have access, and says who keeps it. Somebody who is suspended is not shown:
-- why they are is the practice's.
CREATE VIEW portal_guardian WITH (security_barrier) AS
  SELECT guardian.id, guardian.practice_id, guardian.client_id, guardian.kept_from,
    trim(coalesce(nullif(party.goes_by, ''), party.first_name) || ' ' || party.last_name) AS name
  FROM access_portal_guardian guardian
  JOIN people_party party ON party.id = guardian.party_id AND party.practice_id = guardian.practice_id
  WHERE (SELECT kinbook_portal_person()) IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM access_portalsuspension suspended
      WHERE suspended.practice_id = guardian.practice_id AND suspended.client_id = guardian.client_id
        AND suspended.party_id IN (party.id, party.merged_into_id) AND suspended.lifted_at IS NULL);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_guardian FROM kinbook_application;

CREATE FUNCTION kinbook_portal_keep(chosen uuid, keeps boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE access_portalgrant granted
  SET kept_from = CASE WHEN keeps THEN (now() AT TIME ZONE practice.time_zone)::date END
  FROM portal_guardian guardian JOIN tenancy_practice practice ON practice.id = guardian.practice_id
  WHERE granted.id = guardian.id AND guardian.id = chosen AND (granted.kept_from IS NULL) = keeps;
  RETURN FOUND;
END $$;

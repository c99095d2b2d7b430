-- What came after a moment of the database is found by transaction.
CREATE INDEX messages_by_transaction ON messaging_message (practice_id, xact);

-- Who listens is told whom it concerns, when the transaction is over: those who take part. It is told nothing else.
CREATE FUNCTION kinbook_tell(practice uuid, conversation uuid) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT pg_notify('kinbook_live', jsonb_build_object('practice', practice, 'to', jsonb_agg(
    CASE WHEN part.member_id IS NULL THEN 'portal:' || coalesce(party.merged_into_id, party.id)
         ELSE 'member:' || part.member_id END))::text)
  FROM messaging_participant part LEFT JOIN people_party party ON party.id = part.party_id
  WHERE part.practice_id = practice AND part.conversation_id = conversation $$;
REVOKE EXECUTE ON FUNCTION kinbook_tell(uuid, uuid) FROM PUBLIC;

CREATE OR REPLACE FUNCTION kinbook_message_is_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM kinbook_tell(NEW.practice_id, NEW.conversation_id);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kinbook_reading_is_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('kinbook_live', jsonb_build_object('practice', NEW.practice_id, 'to', jsonb_build_array(
    CASE WHEN NEW.member_id IS NULL THEN 'portal:' || NEW.party_id ELSE 'member:' || NEW.member_id END))::text);
  RETURN NULL;
END $$;

-- Where rights change, everybody of the practice looks again: a stream ends with the right to it.
CREATE FUNCTION kinbook_rights_are_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('kinbook_live', jsonb_build_object('practice', coalesce(NEW.practice_id, OLD.practice_id))::text);
  RETURN NULL;
END $$;
-- What only opens something ends no stream: rows that are added there are not told, and imports stay as quick as they are.
DO $$ DECLARE settled text; BEGIN
  FOREACH settled IN ARRAY ARRAY['access_portalgrant', 'access_rolegrant', 'access_assignment', 'people_contact'] LOOP
    EXECUTE format('CREATE TRIGGER rights_are_told AFTER UPDATE OR DELETE ON %I'
      ' FOR EACH ROW EXECUTE FUNCTION kinbook_rights_are_told()', settled);
  END LOOP;
END $$;
CREATE TRIGGER rights_are_told AFTER INSERT ON access_portalsuspension
  FOR EACH ROW EXECUTE FUNCTION kinbook_rights_are_told();
CREATE TRIGGER rights_are_told AFTER UPDATE OF left_on ON team_member
  FOR EACH ROW EXECUTE FUNCTION kinbook_rights_are_told();
CREATE TRIGGER rights_are_told AFTER UPDATE OF status ON people_client
  FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION kinbook_rights_are_told();

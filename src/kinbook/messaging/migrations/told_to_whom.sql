-- Whose rights change is told, and nobody else: a stream ends with the right to it, and a practice of hundreds does not
-- look again because one contact was edited.
CREATE OR REPLACE FUNCTION kinbook_rights_are_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed jsonb := to_jsonb(coalesce(NEW, OLD));
  practice uuid := changed->>'practice_id';
  whom jsonb;
BEGIN
  IF TG_TABLE_NAME = 'people_client' THEN
    SELECT jsonb_agg('portal:' || coalesce(party.merged_into_id, party.id)) INTO whom
    FROM access_portalgrant granted JOIN people_party party ON party.id = granted.party_id
    WHERE granted.practice_id = practice AND granted.client_id = (changed->>'id')::uuid;
  ELSIF TG_TABLE_NAME = 'accounts_signin' THEN
    SELECT jsonb_agg('member:' || member_id) INTO whom
    FROM team_seat WHERE practice_id = practice AND user_id = (changed->>'user_id')::uuid;
  ELSIF changed ? 'party_id' THEN
    SELECT jsonb_build_array('portal:' || coalesce(party.merged_into_id, party.id)) INTO whom
    FROM people_party party WHERE party.id = (changed->>'party_id')::uuid;
  ELSE
    whom := jsonb_build_array('member:' || coalesce(changed->>'member_id', changed->>'id'));
  END IF;
  IF whom IS NOT NULL THEN
    PERFORM pg_notify('kinbook_live', jsonb_build_object('practice', practice, 'to', whom)::text);
  END IF;
  RETURN NULL;
END $$;

-- Signed out in one place, it is over in all of them at once.
CREATE TRIGGER rights_are_told AFTER DELETE ON accounts_signin
  FOR EACH ROW WHEN (OLD.practice_id IS NOT NULL) EXECUTE FUNCTION kinbook_rights_are_told();
CREATE TRIGGER rights_are_told AFTER DELETE ON invitations_session
  FOR EACH ROW EXECUTE FUNCTION kinbook_rights_are_told();

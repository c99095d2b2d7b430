CALL kinbook_protect('people_party');
CALL kinbook_protect('people_email');
CALL kinbook_protect('people_phone');
CALL kinbook_protect('people_client');
CALL kinbook_protect('people_partner');
CALL kinbook_protect('people_contact');
CALL kinbook_protect('people_searchword');

CALL kinbook_tie('people_party', 'merged_into_id', 'people_party');
CALL kinbook_tie('people_email', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_tie('people_phone', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_tie('people_client', 'party_id', 'people_party');
CALL kinbook_tie('people_partner', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('people_partner', 'party_id', 'people_party');
CALL kinbook_tie('people_contact', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('people_contact', 'party_id', 'people_party');
CALL kinbook_tie('people_searchword', 'party_id', 'people_party', 'CASCADE');

-- A minor cannot exist without a contact, a couple not without two partners: asked when the transaction ends.
CREATE FUNCTION people_require_company() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.type = 'minor' AND NOT EXISTS (
    SELECT FROM people_contact WHERE practice_id = NEW.practice_id AND client_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a minor needs a contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'minor_has_a_contact';
  END IF;
  IF NEW.type = 'couple' AND 2 <> (
    SELECT count(*) FROM people_partner WHERE practice_id = NEW.practice_id AND client_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a couple is two' USING ERRCODE = 'check_violation', CONSTRAINT = 'couple_has_two_partners';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER client_has_company AFTER INSERT OR UPDATE OF type ON people_client
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.type <> 'adult') EXECUTE FUNCTION people_require_company();

CREATE FUNCTION people_keep_company() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM people_client WHERE id = OLD.client_id AND type = 'minor')
     AND NOT EXISTS (SELECT FROM people_contact WHERE practice_id = OLD.practice_id AND client_id = OLD.client_id) THEN
    RAISE EXCEPTION 'a minor needs a contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'minor_has_a_contact';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER last_contact_stays AFTER DELETE ON people_contact
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION people_keep_company();

-- access was made before people and team: its references are tied here
CALL kinbook_protect('access_rolegrant');
CALL kinbook_protect('access_assignment');
CALL kinbook_protect('access_supervision');
CALL kinbook_protect('access_portalgrant');
CALL kinbook_tie('access_rolegrant', 'member_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_supervision', 'supervisor_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_supervision', 'supervisee_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_assignment', 'member_id', 'team_member');
CALL kinbook_tie('access_assignment', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('access_portalgrant', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('access_portalgrant', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_protect('mail_letter');
CALL kinbook_tie('mail_letter', 'party_id', 'people_party');

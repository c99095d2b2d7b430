CALL kinbook_protect('whopays_arrangement');
CALL kinbook_protect('whopays_arrangementpayer');
CALL kinbook_protect('whopays_coverage');
CALL kinbook_protect('whopays_charge');
CALL kinbook_protect('whopays_override');
CALL kinbook_protect('whopays_share');

CALL kinbook_tie('whopays_arrangement', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('whopays_arrangementpayer', 'arrangement_id', 'whopays_arrangement', 'CASCADE');
CALL kinbook_tie('whopays_arrangementpayer', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('whopays_arrangementpayer', 'party_id', 'people_party');
CALL kinbook_tie('whopays_coverage', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('whopays_coverage', 'organization_id', 'people_party');
CALL kinbook_tie('whopays_charge', 'client_id', 'people_client');
CALL kinbook_tie('whopays_charge', 'turn_id', 'people_party');
CALL kinbook_tie('whopays_charge', 'service_id', 'practice_service');
CALL kinbook_tie('whopays_override', 'charge_id', 'whopays_charge', 'CASCADE');
CALL kinbook_tie('whopays_share', 'charge_id', 'whopays_charge', 'CASCADE');
CALL kinbook_tie('whopays_share', 'client_id', 'people_client');
CALL kinbook_tie('whopays_share', 'payer_id', 'people_party');

-- The shares of a charge add up to it exactly, or there are none: asked when the transaction ends.
CREATE FUNCTION whopays_require_sum() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  asked uuid;
  owed bigint;
  given bigint;
BEGIN
  IF TG_TABLE_NAME = 'whopays_charge' THEN asked := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN asked := OLD.charge_id;
  ELSE asked := NEW.charge_id;
  END IF;
  SELECT cents INTO owed FROM whopays_charge WHERE id = asked;
  SELECT sum(cents) INTO given FROM whopays_share
    WHERE practice_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.practice_id ELSE NEW.practice_id END
      AND charge_id = asked;
  IF given IS NOT NULL AND given <> owed THEN
    RAISE EXCEPTION 'the shares do not add up to the charge'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER shares_add_up AFTER INSERT OR DELETE OR UPDATE OF cents, charge_id ON whopays_share
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION whopays_require_sum();
CREATE CONSTRAINT TRIGGER charge_keeps_sum AFTER UPDATE OF cents ON whopays_charge
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION whopays_require_sum();

-- Counts of what needs a hand, a step for every change.
CREATE FUNCTION whopays_tally_shares() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'uninvoiced', count(*), sum(cents) FROM newer
    WHERE billable AND invoice_id IS NULL GROUP BY practice_id;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'uninvoiced', -count(*), -sum(cents) FROM older
    WHERE billable AND invoice_id IS NULL GROUP BY practice_id;
  ELSE
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'uninvoiced', sum(one), sum(cents) FROM (
      SELECT practice_id, 1 AS one, cents FROM newer WHERE billable AND invoice_id IS NULL
      UNION ALL
      SELECT practice_id, -1, -cents FROM older WHERE billable AND invoice_id IS NULL
    ) AS step GROUP BY practice_id HAVING sum(one) <> 0 OR sum(cents) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER tally_added AFTER INSERT ON whopays_share REFERENCING NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_shares();
CREATE TRIGGER tally_removed AFTER DELETE ON whopays_share REFERENCING OLD TABLE AS older
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_shares();
CREATE TRIGGER tally_changed AFTER UPDATE ON whopays_share REFERENCING OLD TABLE AS older NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_shares();

CREATE FUNCTION whopays_tally_charges() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'needs_payer', count(*), sum(cents) FROM newer
    WHERE state = 'billable' AND needs <> '' GROUP BY practice_id;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'needs_payer', -count(*), -sum(cents) FROM older
    WHERE state = 'billable' AND needs <> '' GROUP BY practice_id;
  ELSE
    INSERT INTO tallies_tally (id, practice_id, kind, count, cents)
    SELECT gen_random_uuid(), practice_id, 'needs_payer', sum(one), sum(cents) FROM (
      SELECT practice_id, 1 AS one, cents FROM newer WHERE state = 'billable' AND needs <> ''
      UNION ALL
      SELECT practice_id, -1, -cents FROM older WHERE state = 'billable' AND needs <> ''
    ) AS step GROUP BY practice_id HAVING sum(one) <> 0 OR sum(cents) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER tally_added AFTER INSERT ON whopays_charge REFERENCING NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_charges();
CREATE TRIGGER tally_removed AFTER DELETE ON whopays_charge REFERENCING OLD TABLE AS older
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_charges();
CREATE TRIGGER tally_changed AFTER UPDATE ON whopays_charge REFERENCING OLD TABLE AS older NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION whopays_tally_charges();

-- the order in which decisions are fixed, over all clients
CREATE SEQUENCE whopays_fixed_order;

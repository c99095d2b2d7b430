-- As before; and the refusal names itself, so that who sends in the moment of a handover can be told what happened.
CREATE OR REPLACE FUNCTION kinbook_takes_no_more() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM messaging_continuation way
    JOIN tenancy_practice practice ON practice.id = way.practice_id
    CROSS JOIN LATERAL (
      SELECT daterange(way.starts_on, way.until) @> (NEW.sent_at AT TIME ZONE practice.time_zone)::date AS holds) today
    WHERE way.practice_id = NEW.practice_id
      AND (way.conversation_id = NEW.conversation_id AND today.holds
        OR way.next_id = NEW.conversation_id AND NOT today.holds)) THEN
    RAISE EXCEPTION 'the conversation goes on in another'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'takes_no_more', TABLE = 'messaging_message';
  END IF;
  RETURN NEW;
END $$;

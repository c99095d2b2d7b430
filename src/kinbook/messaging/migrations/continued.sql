CALL kinbook_protect('messaging_continuation');
CALL kinbook_tie('messaging_continuation', 'conversation_id', 'messaging_conversation');
CALL kinbook_tie('messaging_continuation', 'next_id', 'messaging_conversation');

-- Where a conversation goes on is never taken back; only its last day moves.
REVOKE UPDATE, DELETE, TRUNCATE ON messaging_continuation FROM kinbook_application;
GRANT UPDATE (until) ON messaging_continuation TO kinbook_application;

-- A portal person reads where their own conversations go on, and what they continue.
ALTER POLICY staff_only ON messaging_continuation
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR conversation_id IN (SELECT kinbook_open_conversations()) OR next_id IN (SELECT kinbook_open_conversations()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0);

-- What goes on elsewhere takes no messages on those days, and what continues it none on others; a retraction is always
-- taken. Asked when the message has its place: the lock on the conversation lets a handover come before it or after it.
CREATE FUNCTION kinbook_takes_no_more() RETURNS trigger
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
    RAISE EXCEPTION 'the conversation goes on in another' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- by its name it comes after takes_its_place
CREATE TRIGGER takes_no_more BEFORE INSERT ON messaging_message
  FOR EACH ROW WHEN (NEW.retracts_id IS NULL AND NOT NEW.is_automatic) EXECUTE FUNCTION kinbook_takes_no_more();

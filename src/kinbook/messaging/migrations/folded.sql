-- The folded text is kept: folding each message again while searching cost a hundred times what comparing does.
ALTER TABLE messaging_message ADD COLUMN folded text NOT NULL DEFAULT '';
ALTER TABLE messaging_message DISABLE TRIGGER never_changed;
UPDATE messaging_message SET folded = kinbook_fold(body);
ALTER TABLE messaging_message ENABLE TRIGGER never_changed;

DROP INDEX messages_by_words;
CREATE INDEX messages_by_words ON messaging_message USING gin (practice_id, folded gin_trgm_ops);

CREATE OR REPLACE FUNCTION kinbook_message_takes_its_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE talk messaging_conversation;
BEGIN
  SELECT * INTO talk FROM messaging_conversation
    WHERE id = NEW.conversation_id AND practice_id = NEW.practice_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (
    SELECT FROM messaging_participant part LEFT JOIN people_party party ON party.id = part.party_id
    WHERE part.conversation_id = talk.id AND (part.member_id = NEW.author_member_id
      OR coalesce(party.merged_into_id, party.id) = NEW.author_party_id OR party.id = NEW.author_party_id)) THEN
    RAISE EXCEPTION 'the author does not take part in the conversation' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.retracts_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM messaging_message said WHERE said.id = NEW.retracts_id AND said.conversation_id = talk.id
      AND said.author_member_id IS NOT DISTINCT FROM NEW.author_member_id
      AND said.author_party_id IS NOT DISTINCT FROM NEW.author_party_id AND said.retracts_id IS NULL) THEN
    RAISE EXCEPTION 'only who sent a message retracts it' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.client_id := talk.client_id;
  NEW.number := talk.last_number + 1;
  IF talk.last_number > 0 THEN
    NEW.sent_at := greatest(NEW.sent_at, talk.last_at + interval '1 microsecond');
  END IF;
  NEW.xact := pg_current_xact_id();
  NEW.folded := kinbook_fold(NEW.body);
  NEW.digest := kinbook_message_digest(NEW, talk.last_digest);
  UPDATE messaging_conversation SET last_number = NEW.number, last_at = NEW.sent_at, last_digest = NEW.digest
    WHERE id = talk.id;
  RETURN NEW;
END $$;

-- Under row-level security the planner may not look at how often a word stands, so the way is chosen here: what is common
-- is found among the newest messages at once, the rest by the index of words. A word of one or two letters has no place in
-- that index: by itself it is looked for among the newest alone.
CREATE OR REPLACE FUNCTION kinbook_messages_found(words text[], clients uuid[], most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest CONSTANT integer := 20000;
  word text;
  wanted text := 'true';
  narrowed text := '';
  is_indexed boolean := false;
  hits uuid[];
BEGIN
  FOREACH word IN ARRAY words LOOP
    word := kinbook_fold(word);
    is_indexed := is_indexed OR length(word) > 2;
    wanted := wanted || CASE WHEN length(word) > 2 THEN ' AND folded LIKE ' ELSE ' AND (folded || '''') LIKE ' END
      || quote_literal('%' || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  END LOOP;
  IF kinbook_portal_person() IS NOT NULL THEN
    narrowed := ' AND conversation_id IN (SELECT kinbook_open_conversations())';
  ELSIF clients IS NOT NULL THEN
    narrowed := format(' AND client_id = ANY (%L::uuid[])', clients);
  ELSE
    EXECUTE format(
      'SELECT array_agg(id) FROM (SELECT id FROM (SELECT id, folded FROM messaging_message WHERE practice_id = %L'
      ' ORDER BY sent_at DESC, id DESC LIMIT %s) recent WHERE ', kinbook_practice(), newest)
      || wanted || format(' LIMIT %s) found', most) INTO hits;
    IF cardinality(hits) >= most OR NOT is_indexed THEN
      RETURN QUERY SELECT unnest(hits);
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE format('SELECT id FROM messaging_message WHERE practice_id = %L AND ', kinbook_practice())
    || wanted || narrowed || format(' ORDER BY sent_at DESC, id DESC LIMIT %s', most);
END $$;

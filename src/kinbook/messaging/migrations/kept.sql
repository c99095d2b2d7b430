-- Which transaction wrote the message: a live stream reads those of transactions that are surely over.
ALTER TABLE messaging_message ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();

-- What a message's digest is computed over, line by line; kinbook.rules.chain computes the same.
CREATE FUNCTION kinbook_message_digest(said messaging_message, before bytea) RETURNS bytea
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(convert_to(concat_ws(E'\n',
    'kinbook message 1',
    encode(coalesce(before, ''::bytea), 'hex'),
    said.conversation_id,
    said.number,
    said.id,
    CASE WHEN said.author_member_id IS NULL THEN 'party:' || said.author_party_id
         ELSE 'member:' || said.author_member_id END,
    (extract(epoch FROM said.sent_at) * 1000000)::bigint,
    coalesce(said.retracts_id::text, '-'),
    CASE WHEN said.is_automatic THEN 'automatic' ELSE '-' END,
    coalesce(nullif(said.files_digest, ''), '-'),
    encode(sha256(convert_to(said.body, 'UTF8')), 'hex'),
    said.author_name), 'UTF8')) $$;

-- A message takes its place under a lock on its conversation: order, times and digests only grow.
-- Where the conversation is not of the row's practice, the fence or the reference refuses it.
CREATE FUNCTION kinbook_message_takes_its_place() RETURNS trigger
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
  NEW.digest := kinbook_message_digest(NEW, talk.last_digest);
  UPDATE messaging_conversation SET last_number = NEW.number, last_at = NEW.sent_at, last_digest = NEW.digest
    WHERE id = talk.id;
  RETURN NEW;
END $$;
CREATE TRIGGER takes_its_place BEFORE INSERT ON messaging_message
  FOR EACH ROW EXECUTE FUNCTION kinbook_message_takes_its_place();

-- Who listens is told the ids, when the transaction is over.
CREATE FUNCTION kinbook_message_is_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('kinbook_live', json_build_object(
    'practice', NEW.practice_id, 'conversation', NEW.conversation_id, 'message', NEW.id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER is_told AFTER INSERT ON messaging_message FOR EACH ROW EXECUTE FUNCTION kinbook_message_is_told();

CREATE FUNCTION kinbook_reading_is_told() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('kinbook_live', json_build_object(
    'practice', NEW.practice_id, 'conversation', NEW.conversation_id, 'message', NULL)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER is_told AFTER UPDATE OF read_number ON messaging_participant
  FOR EACH ROW WHEN (NEW.read_number <> OLD.read_number) EXECUTE FUNCTION kinbook_reading_is_told();

-- Who takes part is fixed when a conversation begins: nobody reads what was written before they came.
CREATE FUNCTION kinbook_circle_is_fixed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM messaging_conversation
             WHERE id = NEW.conversation_id AND practice_id = NEW.practice_id AND last_number > 0) THEN
    RAISE EXCEPTION 'who takes part is fixed when a conversation begins' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER is_fixed BEFORE INSERT ON messaging_participant
  FOR EACH ROW EXECUTE FUNCTION kinbook_circle_is_fixed();

-- Files come with their message, in its transaction, or never.
CREATE FUNCTION kinbook_file_comes_with_message() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM messaging_message WHERE id = NEW.message_id AND practice_id = NEW.practice_id
             AND (xact <> pg_current_xact_id() OR conversation_id <> NEW.conversation_id)) THEN
    RAISE EXCEPTION 'a file is attached when its message is sent' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER comes_with_message BEFORE INSERT ON messaging_attachment
  FOR EACH ROW EXECUTE FUNCTION kinbook_file_comes_with_message();

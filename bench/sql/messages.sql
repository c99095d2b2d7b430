-- As many messages as appointments: each client's first payer and its clinician write to each other, and of a hundred
-- messages ten are of one client whose record is long (10,000 at most). Words are of a small dictionary, so that each
-- is in many messages; one word in a thousand is rare.
UPDATE tenancy_practice SET messages_on = true WHERE id = (SELECT id FROM bench_practice);

INSERT INTO access_portalgrant
  (id, practice_id, client_id, party_id, access, messages, appointments, billing_documents, payments, documents)
SELECT uuidv7(), practice.id, stage.id, first_id, true, true, true, true, true, true
FROM stage_client_payer AS stage, bench_practice AS practice
ON CONFLICT (practice_id, client_id, party_id) DO UPDATE SET access = true, messages = true;

CREATE UNLOGGED TABLE stage_talk AS
SELECT stage.n, uuidv7() AS id, stage.id AS client_id, first_id AS party_id, member.id AS member_id, party.first_name
FROM stage_client_payer AS stage JOIN stage_member AS member ON member.n = stage.clinician
JOIN people_party AS party ON party.id = first_id;

CREATE UNLOGGED TABLE stage_message AS
SELECT CASE WHEN m % 10 = 0 AND m / 10 < 10000 THEN 0 ELSE m % clients END AS n, m, uuidv7() AS id,
       now() - (appointments - m) * (interval '700 days' / appointments) AS sent_at
FROM bench_practice, generate_series(0, appointments - 1) AS m;

INSERT INTO messaging_conversation (id, practice_id, client_id, kind, subject, confidential, is_internal, started_by,
                                    started_at, last_number, last_at)
SELECT talk.id, practice.id, talk.client_id, 'clinical', '', false, false, 'Clinician', now() - interval '701 days', 0,
       now() - interval '701 days'
FROM stage_talk AS talk, bench_practice AS practice;

INSERT INTO messaging_participant (id, practice_id, conversation_id, member_id, party_id, name, relation, read_number,
                                   noticed_number)
SELECT uuidv7(), practice.id, talk.id, talk.member_id, NULL::uuid, 'Clinician', '', 0, 0
FROM stage_talk AS talk, bench_practice AS practice
UNION ALL
SELECT uuidv7(), practice.id, talk.id, NULL, talk.party_id, talk.first_name, 'parent', 0, 0
FROM stage_talk AS talk, bench_practice AS practice;

-- The database's own way, message by message, would lock and rewrite each conversation a million times: the same
-- numbers and digests are computed in one pass.
DO $$
DECLARE
  words text[] := ARRAY['session', 'school', 'week', 'thank', 'you', 'sleep', 'better', 'worry', 'Monday', 'time',
    'think', 'father', 'mother', 'homework', 'friend', 'afternoon', 'please', 'appointment', 'calm', 'letter'];
  talk uuid := NULL; number integer; before bytea; said messaging_message; row record; practice uuid;
BEGIN
  SELECT id INTO practice FROM bench_practice;
  ALTER TABLE messaging_message DISABLE TRIGGER USER;
  FOR row IN SELECT message.*, stage_talk.id AS talk_id, client_id, party_id, member_id, first_name
             FROM stage_message AS message JOIN stage_talk USING (n) ORDER BY n, m LOOP
    IF talk IS DISTINCT FROM row.talk_id THEN
      talk := row.talk_id; number := 0; before := NULL;
    END IF;
    number := number + 1;
    said := NULL;
    said.id := row.id; said.practice_id := practice; said.conversation_id := talk; said.client_id := row.client_id;
    said.number := number;
    IF number % 2 = 1 THEN said.author_party_id := row.party_id; said.author_name := row.first_name;
    ELSE said.author_member_id := row.member_id; said.author_name := 'Clinician'; END IF;
    SELECT string_agg(words[1 + (row.m * 7 + w * w * 13) % 20], ' ' ORDER BY w) INTO said.body
      FROM generate_series(1, 5 + row.m % 30) AS w;
    IF row.m % 1000 = 0 THEN said.body := said.body || ' Zürichsee' || row.m / 1000; END IF;
    said.sent_at := row.sent_at; said.is_automatic := false; said.files_digest := '';
    said.xact := pg_current_xact_id(); said.folded := kinbook_fold(said.body);
    said.digest := kinbook_message_digest(said, before);
    INSERT INTO messaging_message SELECT said.*;
    before := said.digest;
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  ALTER TABLE messaging_message ENABLE TRIGGER USER;
END $$;

UPDATE messaging_conversation AS talk
SET last_number = last.number, last_at = last.sent_at, last_digest = last.digest
FROM (SELECT DISTINCT ON (conversation_id) conversation_id, number, sent_at, digest FROM messaging_message
      WHERE practice_id = (SELECT id FROM bench_practice) ORDER BY conversation_id, number DESC) AS last
WHERE last.conversation_id = talk.id;

UPDATE messaging_participant AS part SET read_number = talk.last_number - (talk.last_number % 3), read_at = now()
FROM messaging_conversation AS talk
WHERE talk.id = part.conversation_id AND talk.practice_id = (SELECT id FROM bench_practice);

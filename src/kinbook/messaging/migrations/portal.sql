-- The conversations open to the portal person who asks: those they take part in, while messages about the client are.
CREATE FUNCTION kinbook_open_conversations() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT part.conversation_id
  FROM messaging_participant part
  JOIN people_party party ON party.id = part.party_id
  JOIN messaging_conversation talk ON talk.id = part.conversation_id
  JOIN access_portal_open opened ON opened.client_id = talk.client_id AND opened.party_id = kinbook_portal_person()
  WHERE part.practice_id = kinbook_practice()
    AND kinbook_portal_person() IN (party.id, party.merged_into_id)
    AND opened.messages $$;

-- Of messaging, a portal person reads their conversations with who takes part, what was said and attached; they add
-- messages of their own, and see and keep their own drafts and what they have seen. Nothing else is opened.
ALTER POLICY staff_only ON messaging_conversation
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0 OR id IN (SELECT kinbook_open_conversations()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0);
ALTER POLICY staff_only ON messaging_participant
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR conversation_id IN (SELECT kinbook_open_conversations()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR (party_id = (SELECT kinbook_portal_person()) AND conversation_id IN (SELECT kinbook_open_conversations())));
ALTER POLICY staff_only ON messaging_message
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR conversation_id IN (SELECT kinbook_open_conversations()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR (author_party_id = (SELECT kinbook_portal_person()) AND NOT is_automatic
      AND conversation_id IN (SELECT kinbook_open_conversations())));
ALTER POLICY staff_only ON messaging_attachment
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR conversation_id IN (SELECT kinbook_open_conversations()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR EXISTS (SELECT FROM messaging_message said WHERE said.id = message_id
      AND said.conversation_id = messaging_attachment.conversation_id
      AND said.author_party_id = (SELECT kinbook_portal_person())));
ALTER POLICY staff_only ON messaging_seen
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0 OR party_id = (SELECT kinbook_portal_person()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR (party_id = (SELECT kinbook_portal_person())
      AND EXISTS (SELECT FROM messaging_message said WHERE said.id = message_id)));
ALTER POLICY staff_only ON messaging_draft
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR (party_id = (SELECT kinbook_portal_person()) AND conversation_id IN (SELECT kinbook_open_conversations())));
ALTER POLICY staff_only ON messaging_draftfile
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR EXISTS (SELECT FROM messaging_draft draft WHERE draft.id = draft_id));

-- A portal person begins a conversation about a client: with its clinicians, or who bills or schedules. They may not
-- read who that is; the database finds them. Returns whether it began.
CREATE FUNCTION kinbook_begin_from_portal(
  talk uuid, about uuid, wanted_kind text, wanted_subject text, in_confidence boolean, moment timestamptz)
  RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  person people_party;
  opened access_portal_open;
  today date;
BEGIN
  SELECT * INTO person FROM people_party WHERE id = kinbook_portal_person() AND practice_id = kinbook_practice();
  SELECT * INTO opened FROM access_portal_open WHERE client_id = about AND party_id = person.id AND messages;
  IF NOT FOUND OR (in_confidence AND NOT opened.is_own) THEN
    RETURN false;
  END IF;
  SELECT (moment AT TIME ZONE time_zone)::date INTO today FROM tenancy_practice WHERE id = person.practice_id;
  INSERT INTO messaging_conversation
    (id, practice_id, client_id, kind, subject, confidential, is_internal, started_by, started_at, last_number, last_at)
  VALUES (talk, person.practice_id, about, wanted_kind, wanted_subject, in_confidence, false,
    btrim(coalesce(nullif(person.goes_by, ''), person.first_name) || ' ' || person.last_name), moment, 0, moment);
  INSERT INTO messaging_participant
    (id, practice_id, conversation_id, party_id, name, relation, read_number, noticed_number)
  SELECT gen_random_uuid(), person.practice_id, talk, person.id,
    btrim(coalesce(nullif(person.goes_by, ''), person.first_name) || ' ' || person.last_name),
    CASE WHEN opened.is_own THEN 'client' ELSE coalesce((SELECT replace(link.relationship, '_', ' ')
      FROM people_contact link WHERE link.client_id = about AND link.party_id = person.id
      ORDER BY link.starts_on DESC NULLS LAST LIMIT 1), '') END, 0, 0;
  INSERT INTO messaging_participant
    (id, practice_id, conversation_id, member_id, name, relation, read_number, noticed_number)
  SELECT gen_random_uuid(), person.practice_id, talk, member.id,
    concat_ws(' ', nullif(member.title, ''), nullif(member.first_name, ''), member.last_name), '', 0, 0
  FROM team_member member
  WHERE member.left_on IS NULL AND member.id IN (
    SELECT kinbook_who_answers(person.practice_id, about, wanted_kind, today));
  RETURN true;
END $$;

-- Who answers: of kind billing who bills, of kind scheduling who schedules, else the client's clinicians; where there
-- is nobody such, its clinicians, and then owners and managers.
CREATE FUNCTION kinbook_who_answers(practice uuid, about uuid, wanted_kind text, today date) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH at_work AS (
    SELECT granted.member_id, granted.role FROM access_rolegrant granted
    JOIN team_member member ON member.id = granted.member_id AND member.left_on IS NULL
    WHERE granted.practice_id = practice AND granted.starts_on <= today
      AND (granted.until IS NULL OR granted.until > today)
  ), found AS (
    SELECT member_id, 1 AS rank FROM at_work
      WHERE (wanted_kind = 'billing' AND role = 'biller') OR (wanted_kind = 'scheduling' AND role = 'scheduler')
    UNION ALL
    SELECT held.member_id, 2 FROM access_assignment held
      WHERE held.practice_id = practice AND held.client_id = about AND held.starts_on <= today
        AND (held.until IS NULL OR held.until > today)
        AND held.member_id IN (SELECT member_id FROM at_work WHERE role NOT IN ('biller', 'scheduler'))
    UNION ALL
    SELECT member_id, 3 FROM at_work WHERE role IN ('owner', 'manager')
  )
  SELECT DISTINCT member_id FROM found WHERE rank = (SELECT min(rank) FROM found) $$;
REVOKE EXECUTE ON FUNCTION kinbook_who_answers(uuid, uuid, text, date) FROM PUBLIC;

-- What a portal person does is recorded as theirs; the log itself stays closed to them.
ALTER POLICY staff_only ON audit_entry
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0)
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0
    OR (viewer_kind = 'portal' AND viewer_id = (SELECT kinbook_portal_person())));

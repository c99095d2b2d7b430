CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Text as it is searched: lower case, without accents.
CREATE FUNCTION kinbook_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, normalize(words, NFC))) $$;

CREATE INDEX messages_by_words ON messaging_message USING gin (practice_id, kinbook_fold(body) gin_trgm_ops);

-- The newest messages that hold all the words, or parts of words; of these clients where any are named. Row-level
-- security lets no index of words be used, so this looks past it, within the practice and what is open to who asks;
-- whoever calls it filters by what the viewer may read.
CREATE FUNCTION kinbook_messages_found(words text[], clients uuid[], most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  word text;
  wanted text := '';
BEGIN
  FOREACH word IN ARRAY words LOOP
    wanted := wanted || format(' AND kinbook_fold(body) LIKE %L',
      '%' || replace(replace(replace(kinbook_fold(word), '\', '\\'), '%', '\%'), '_', '\_') || '%');
  END LOOP;
  IF clients IS NOT NULL THEN
    wanted := wanted || format(' AND client_id = ANY (%L::uuid[])', clients);
  END IF;
  IF kinbook_portal_person() IS NOT NULL THEN
    wanted := wanted || ' AND conversation_id IN (SELECT kinbook_open_conversations())';
  END IF;
  RETURN QUERY EXECUTE format(
    'SELECT id FROM messaging_message WHERE practice_id = %L %s ORDER BY sent_at DESC, id DESC LIMIT %s',
    kinbook_practice(), wanted, most);
END $$;

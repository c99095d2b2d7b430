-- Documents that were given to the person: all that a document is about must be open to them, or it is not there.
CREATE VIEW portal_document WITH (security_barrier) AS
  SELECT document.id, document.practice_id, document.kind, document.from_on, document.to_on, document.language,
    document.content, (document.made_at AT TIME ZONE practice.time_zone)::date AS made_on
  FROM documents_document document
  JOIN tenancy_practice practice ON practice.id = document.practice_id
  WHERE document.practice_id = (SELECT kinbook_practice()) AND document.payer_id IN (SELECT id FROM portal_self)
    AND NOT EXISTS (SELECT FROM portal_minor)
    AND EXISTS (SELECT FROM documents_release given
                WHERE given.practice_id = document.practice_id AND given.document_id = document.id)
    AND EXISTS (SELECT FROM documents_documentclient about
                WHERE about.practice_id = document.practice_id AND about.document_id = document.id)
    AND NOT EXISTS (
      SELECT FROM documents_documentclient about
      WHERE about.practice_id = document.practice_id AND about.document_id = document.id
        AND NOT EXISTS (SELECT FROM portal_bills opened
                        WHERE opened.client_id = about.client_id AND opened.until > now()::date));
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON portal_document FROM kinbook_application;

-- That the person opened one of theirs.
CREATE FUNCTION kinbook_portal_opened(paper uuid, moment timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  INSERT INTO documents_opening (id, practice_id, document_id, way, opened_at)
  SELECT gen_random_uuid(), practice_id, id, 'portal', moment FROM portal_document WHERE id = paper;
  RETURN FOUND;
END $$;

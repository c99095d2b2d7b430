CALL kinbook_protect('papers_letterhead');
CALL kinbook_append_only('papers_letterhead');
-- Papers that are set for a person in the portal bear the letterhead too: they read it, and add none.
ALTER POLICY staff_only ON papers_letterhead
  USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0 OR practice_id = (SELECT kinbook_practice()))
  WITH CHECK ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0);

from django.db import migrations

MARK = """
-- What a page needs to draw a party's mark and name; a merged one is drawn as the one that stands for it.
CREATE FUNCTION people_mark(asked uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', stands.id, 'kind', stands.kind, 'first_name', stands.first_name,
    'last_name', stands.last_name, 'goes_by', stands.goes_by, 'slot', stands.slot, 'sort_name', stands.sort_name)
  FROM people_party AS party JOIN people_party AS stands ON stands.id = coalesce(party.merged_into_id, party.id)
  WHERE party.id = asked
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_merged_and_reminded")]
    operations = [migrations.RunSQL(MARK, "DROP FUNCTION people_mark(uuid)")]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("new_draft.sql")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_new_draft")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

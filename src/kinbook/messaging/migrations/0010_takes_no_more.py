from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("takes_no_more.sql")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_protect_new_draft")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

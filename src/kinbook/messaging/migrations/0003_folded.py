from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("folded.sql")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_protect")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

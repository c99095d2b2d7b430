from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("live.sql")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_folded")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("seals.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_seal"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

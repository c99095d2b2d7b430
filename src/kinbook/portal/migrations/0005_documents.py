from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("documents.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_guardians"),
        ("documents", "0004_sending"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

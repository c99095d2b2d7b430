from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("standing.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_views"),
        ("access", "0004_portal_messages"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

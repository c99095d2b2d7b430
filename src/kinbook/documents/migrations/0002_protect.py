from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("protect.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("people", "0002_protect"),
        ("tenancy", "0002_protect"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

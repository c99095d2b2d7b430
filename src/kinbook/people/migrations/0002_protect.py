from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("protect.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tenancy", "0002_protect"),
        ("team", "0002_protect"),
        ("access", "0001_initial"),
        ("mail", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

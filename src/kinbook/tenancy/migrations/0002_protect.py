from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("protect.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("full_fee.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_paper"),
        ("people", "0006_full_fee"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

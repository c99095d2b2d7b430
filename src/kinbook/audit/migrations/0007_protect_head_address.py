from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("head_address.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_head_address"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("refunds.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_money"),
        ("payments", "0005_refunds_protect"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

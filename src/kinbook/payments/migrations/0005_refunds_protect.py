from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("refunds.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_refund"),
        ("invoices", "0003_planned_anew"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("late_fees.sql")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0012_late_fees")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

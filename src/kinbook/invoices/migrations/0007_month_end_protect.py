from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("month_end.sql")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_month_end"), ("people", "0007_month_end"), ("mail", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

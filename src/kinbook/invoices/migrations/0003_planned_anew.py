from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("planned_anew.sql")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0002_protect")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

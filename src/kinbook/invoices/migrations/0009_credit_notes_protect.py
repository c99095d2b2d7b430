from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("credit_notes.sql")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0008_credit_notes")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("protect.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0001_initial"),
        ("payments", "0003_entered_by"),
        ("invoices", "0003_planned_anew"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

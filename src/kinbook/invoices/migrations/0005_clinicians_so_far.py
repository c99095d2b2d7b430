from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("clinicians_so_far.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0004_clinician_of_line"),
        ("ledger", "0004_by_date"),
        ("scheduling", "0004_confirmation_protect"),
        ("whopays", "0004_clinician_of_charge"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

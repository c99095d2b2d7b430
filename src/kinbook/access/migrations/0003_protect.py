from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("protect.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_grants_and_closed_records"),
        ("people", "0002_protect"),
        ("team", "0002_protect"),
        ("tenancy", "0003_staff_is_likely"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("portal_open.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_portal_suspension"),
        ("people", "0002_protect"),
        ("tenancy", "0002_protect"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), "DROP VIEW access_portal_open")]

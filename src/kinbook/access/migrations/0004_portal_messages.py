from pathlib import Path

from django.db import migrations

HERE = Path(__file__)
SQL = HERE.with_name("portal_messages.sql").read_text()
BEFORE = HERE.with_name("portal_open.sql").read_text().partition("CREATE VIEW")[2]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_portal_open"),
        ("people", "0005_messages"),
        ("tenancy", "0004_messages"),
    ]
    operations = [migrations.RunSQL(SQL, f"CREATE OR REPLACE VIEW {BEFORE}")]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("told_to_whom.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_live"),
        ("accounts", "0001_initial"),
        ("invitations", "0004_passkeys"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("staff_is_likely.sql")


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_protect")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

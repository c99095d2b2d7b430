from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("periods.sql")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_periods")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

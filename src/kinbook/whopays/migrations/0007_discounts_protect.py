from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("discounts.sql")


class Migration(migrations.Migration):
    dependencies = [("whopays", "0006_discounts")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

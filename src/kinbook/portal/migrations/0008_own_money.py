from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("own_money.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0007_full_fee"),
        ("ledger", "0003_planned_anew"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

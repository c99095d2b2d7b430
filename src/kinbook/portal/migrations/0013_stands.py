from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("stands.sql")


class Migration(migrations.Migration):
    dependencies = [("portal", "0012_cards")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]

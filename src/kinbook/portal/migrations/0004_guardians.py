from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("guardians.sql")
BACK = """
DROP FUNCTION kinbook_portal_keep(uuid, boolean);
DROP VIEW portal_guardian;
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_standing"), ("access", "0006_portal_guardian")]
    operations = [
        migrations.RunSQL(SQL.read_text(), BACK),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("client_id", models.UUIDField()),
                ("name", models.TextField()),
                ("kept_from", models.DateField(null=True)),
            ],
            options={"db_table": "portal_guardian", "managed": False},
        ),
    ]

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("portal_guardian.sql")


class Migration(migrations.Migration):
    dependencies = [("access", "0005_both"), ("people", "0005_messages"), ("tenancy", "0004_messages")]
    operations = [
        migrations.RunSQL(SQL.read_text(), "DROP VIEW access_portal_guardian"),
        migrations.CreateModel(
            name="PortalGuardian",
            fields=[
                ("id", models.UUIDField(help_text="of the grant", primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("kept_from", models.DateField(null=True)),
            ],
            options={"db_table": "access_portal_guardian", "managed": False},
        ),
    ]

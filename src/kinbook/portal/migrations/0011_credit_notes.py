from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("credit_notes.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0010_refunds"),
        ("invoices", "0009_credit_notes_protect"),
    ]
    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Credit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("invoice_id", models.UUIDField()),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("issued_on", models.DateField()),
                ("cents", models.BigIntegerField()),
            ],
            options={"db_table": "portal_credit", "managed": False},
        ),
    ]

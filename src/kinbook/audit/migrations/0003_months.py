from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("months.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_protect"),
    ]
    operations = [
        migrations.RunSQL(
            SQL.read_text(),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex(
                    model_name="entry",
                    index=models.Index(fields=["practice", "action", "-at"], name="audit_by_action"),
                ),
            ],
        )
    ]

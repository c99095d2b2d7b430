from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_name("by_date.sql")
REPORTED = ("income", "tax", "prepaid", "discount", "cash", "processor", "fees", "write_off")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_planned_anew"), ("team", "0002_protect")]
    operations = [
        migrations.AddField(
            "line",
            "clinician",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="team.member",
            ),
        ),
        migrations.AddField("line", "on_date", models.DateField(null=True)),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.AlterField("line", "on_date", models.DateField()),
        migrations.AddIndex(
            "line",
            models.Index(
                condition=models.Q(("account__in", REPORTED)),
                fields=["practice", "account", "on_date"],
                include=("cents", "service", "clinician", "client", "payer", "method"),
                name="lines_by_date",
            ),
        ),
    ]

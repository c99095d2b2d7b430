import django.db.models.deletion
from django.db import migrations, models

TIE = "CALL kinbook_tie('whopays_charge', 'clinician_id', 'team_member')"


class Migration(migrations.Migration):
    dependencies = [("team", "0002_protect"), ("whopays", "0003_room_for_decisions")]
    operations = [
        migrations.AddField(
            "charge",
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
        migrations.RunSQL(TIE, migrations.RunSQL.noop),
        migrations.AddIndex(
            "share",
            models.Index(
                condition=models.Q(("billable", False)),
                fields=["practice", "on_date"],
                include=("client", "payer", "cents"),
                name="shares_to_come",
            ),
        ),
    ]
